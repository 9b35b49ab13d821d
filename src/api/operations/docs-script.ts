/** The script of the page at /docs: shows a form for each operation of the OpenAPI document, and the answer it got. */
export const DOCS_SCRIPT = `
'use strict';
const make = (name, props, ...children) => {
  const element = Object.assign(document.createElement(name), props);
  element.append(...children);
  return element;
};

function operationForm(method, path, operation) {
  const fields = (operation.parameters || []).map((parameter) => {
    const examples = parameter.schema.examples || [];
    const value = parameter.required && examples.length > 0 ? examples[0] : '';
    const input = make('input', { value, spellcheck: false, autocomplete: 'off' });
    return { parameter, input };
  });
  const requested = operation.requestBody;
  const example = requested && requested.required ? JSON.stringify(requested.content['application/json'].example, null, 2) : '';
  const body = requested && make('textarea', { rows: 3 + example.split('\\n').length, spellcheck: false, value: example });
  const output = make('pre', { hidden: true });
  const form = make('form', {},
    make('p', {}, operation.description || ''),
    ...fields.map(({ parameter, input }) => make('label', { title: parameter.description || '' },
      parameter.name + ' (' + parameter.in + (parameter.required ? ', required' : '') + ')', input)),
    ...(body ? [make('label', {}, example ? 'Body' : 'Body (optional)', body)] : []),
    make('button', {}, 'Send'),
    output);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    output.hidden = false;
    output.textContent = 'Waiting for the answer…';
    try {
      output.textContent = await send(method, path, fields, body ? body.value : '');
    } catch (error) {
      output.textContent = String(error);
    }
  });
  return make('details', {}, make('summary', {}, make('b', {}, method.toUpperCase()), path + ' ', make('i', {}, operation.summary)), form);
}

async function send(method, path, fields, body) {
  const headers = {};
  const query = new URLSearchParams();
  let url = path;
  const token = document.getElementById('token').value.trim();
  if (token) headers.Authorization = 'Bearer ' + token;
  if (body) headers['Content-Type'] = 'application/json';
  for (const { parameter, input } of fields) {
    if (parameter.in === 'path') url = url.replace('{' + parameter.name + '}', encodeURIComponent(input.value));
    else if (input.value === '') continue;
    else if (parameter.in === 'query') query.set(parameter.name, input.value);
    else headers[parameter.name] = input.value;
  }
  const response = await fetch(url + (query.size ? '?' + query : ''), { method, headers, ...(body ? { body } : {}) });
  const text = await response.text();
  const head = [...response.headers].map(([name, value]) => name + ': ' + value).join('\\n');
  const json = /json/.test(response.headers.get('content-type') || '');
  return response.status + ' ' + response.statusText + '\\n' + head + '\\n\\n' + (json ? JSON.stringify(JSON.parse(text), null, 2) : text);
}

async function start() {
  const api = await (await fetch('/openapi.json')).json();
  const main = document.getElementById('operations');
  for (const { name } of api.tags) {
    main.append(make('h2', {}, name));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (operation.tags.includes(name)) main.append(operationForm(method, path, operation));
      }
    }
  }
}
start().catch((error) => document.getElementById('operations').append(String(error)));
`;
