import { createInProcessNews } from '../../src/adapters/news/in-process.ts';
import { newsContract } from './news.ts';

newsContract('in process', async () => {
  const news = createInProcessNews();
  return { join: async () => news, close: async () => {} };
});
