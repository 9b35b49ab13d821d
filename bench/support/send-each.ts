import type { WireRequest } from './load.ts';

const AT_ONCE = 64;

/** Sends each request once, and throws when one of them gets another status. */
export async function sendEach(port: number, requests: readonly WireRequest[], expected: number): Promise<void> {
  const statuses = new Map<number, number>();
  const left = [...requests];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { method, path, headers, body } = next;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (statuses.get(expected) === requests.length) return;
  const told = [...statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
  throw new Error(`${requests.length} requests should each get ${expected}: ${told}`);
}
