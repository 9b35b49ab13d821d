import { countText } from '../text/format.ts';

/** How much is left, as a level that falls. The words beside it say the same. */
export function StockLevel({ remaining, total }: { readonly remaining: number; readonly total: number }) {
  const part = total > 0 ? remaining / total : 0;
  return (
    <div class="stock">
      <div class="level" aria-hidden="true">
        <div class="water" style={{ transform: `scaleX(${part})` }} />
      </div>
      <p>
        <b class="left">{countText(remaining)}</b> of {countText(total)} left
      </p>
    </div>
  );
}
