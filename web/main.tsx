import { render } from 'preact';
import { openShop } from './shop/open-shop.ts';
import { App } from './view/app.tsx';
import './styles/base.css';
import './styles/sale.css';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
root.replaceChildren();
render(<App shop={openShop()} />, root);
