import { expect, test } from 'vitest';
import { createMongoLiveState } from './live-state.ts';

test.each(['sslmode=require', 'tls=maybe', 'encrypt=true'])(
  'refuses parameters that it can not honour: %s',
  (parameter) => {
    expect(() => createMongoLiveState({ url: `mongodb://localhost/floodgate?${parameter}` })).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('MONGODB_URL') }),
    );
  },
);
