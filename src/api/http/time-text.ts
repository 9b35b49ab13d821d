export type TimeText = (ms: number) => string;

/**
 * Milliseconds since 1970 as RFC 3339 in UTC with milliseconds (`2026-11-21T09:06:55.120Z`), for years 0 to 9999.
 * It caches its last answer and its last second, because all orders of a batch share a time: create one per field.
 */
export function createTimeText(): TimeText {
  let lastMs = Number.NaN;
  let lastText = '';
  let lastSecond = Number.NaN;
  let upToSecond = '';

  return (ms) => {
    if (ms === lastMs) return lastText;
    const second = Math.floor(ms / 1000);
    if (second !== lastSecond) {
      upToSecond = new Date(second * 1000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS.'.length);
      lastSecond = second;
    }
    lastText = `${upToSecond}${String(ms - second * 1000).padStart(3, '0')}Z`;
    lastMs = ms;
    return lastText;
  };
}
