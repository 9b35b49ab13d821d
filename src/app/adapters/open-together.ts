import type { Opened } from './opened.ts';

/** Waits until a port is open, and registers its `close`. */
export type Open = <Port>(opening: Promise<Opened<Port>>) => Promise<Port>;

/** Opens everything that `build` requests, to be closed together. If `build` throws, what is already open is closed. */
export async function openTogether<T>(build: (opened: Open) => Promise<T>): Promise<Opened<T>> {
  const closers: (() => Promise<void>)[] = [];
  const opened: Open = async (opening) => {
    const { port, close } = await opening;
    closers.push(close);
    return port;
  };
  const close = async () => {
    // Reverse order: later ports may use earlier ones.
    for (const end of closers.reverse()) await end();
  };
  try {
    return { port: await build(opened), close };
  } catch (error) {
    await close();
    throw error;
  }
}
