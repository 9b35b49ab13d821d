import type { Opened } from './opened.ts';

/** Waits until a port is open, and notes how to end it. */
export type Open = <Port>(opening: Promise<Opened<Port>>) => Promise<Port>;

/** Opens all that `build` asks for, to be ended together. If it throws, what is open already is ended. */
export async function openTogether<T>(build: (opened: Open) => Promise<T>): Promise<Opened<T>> {
  const closers: (() => Promise<void>)[] = [];
  const opened: Open = async (opening) => {
    const { port, close } = await opening;
    closers.push(close);
    return port;
  };
  const close = async () => {
    // What was opened first is used by what came later.
    for (const end of closers.reverse()) await end();
  };
  try {
    return { port: await build(opened), close };
  } catch (error) {
    await close();
    throw error;
  }
}
