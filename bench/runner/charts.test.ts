import { describe, expect, it } from 'vitest';
import { latencyChart, throughputChart } from './charts.ts';
import { aResult } from './sample-result.ts';
import { ratesOf, stockChart } from './stock-chart.ts';

const widthsOf = (svg: string, series: string) =>
  [...svg.matchAll(new RegExp(`width="([\\d.]+)" height="[\\d.]+" class="${series}"`, 'g'))]
    .map(([, width]) => Number(width))
    // Without the legend's square.
    .slice(1);

describe('throughputChart', () => {
  it('draws a bar in proportion to the ceiling', () => {
    const svg = throughputChart([aResult({ ratio: { median: 0.5, min: 0, max: 1 } })], 'note');
    const [ceiling] = widthsOf(svg, 's0');
    const [floodgate] = widthsOf(svg, 's1');
    expect(floodgate).toBeCloseTo((ceiling ?? 0) / 2, 0);
  });

  it('keeps a scenario above its ceiling within the chart', () => {
    const svg = throughputChart([aResult({ ratio: { median: 2, min: 0, max: 1 } })], 'note');
    expect(Math.max(...widthsOf(svg, 's1'))).toBeLessThan(860);
    expect(widthsOf(svg, 's0')[0]).toBeCloseTo((widthsOf(svg, 's1')[0] ?? 0) / 2, 0);
  });

  it('names each result with rate and ratio', () => {
    const svg = throughputChart([aResult(), aResult({ scenario: 'reads', connections: 128 })], 'two cores');
    for (const words of ['success-cluster, 1024', 'reads, 128', '35,000/s, 0.50', 'two cores', 'by autocannon'])
      expect(svg).toContain(words);
  });

  it('draws both clients below one ceiling', () => {
    const svg = throughputChart([aResult(), aResult({ client: 'wrk', ratio: { median: 0.25, min: 0, max: 1 } })], '');
    expect(widthsOf(svg, 's0')).toHaveLength(1);
    expect(widthsOf(svg, 's2')[0]).toBeCloseTo((widthsOf(svg, 's1')[0] ?? 0) / 2, 0);
    expect(svg).toContain('35,000/s, 0.50; 35,000/s, 0.25');
  });

  it('follows the colour scheme of the reader', () => {
    expect(throughputChart([aResult()], '')).toContain('prefers-color-scheme:dark');
  });

  it('escapes the note', () => {
    expect(throughputChart([], 'a < b & c')).toContain('a &lt; b &amp; c');
  });
});

describe('latencyChart', () => {
  it('draws longer latencies longer, and the longest p99 at full width', () => {
    const svg = latencyChart([aResult()], '');
    const [p50, p90, p99] = ['s0', 's1', 's2'].map((series) => widthsOf(svg, series)[0] ?? 0) as [
      number,
      number,
      number,
    ];
    expect(p50).toBeLessThan(p90);
    expect(p90).toBeLessThan(p99);
    expect(p99).toBeCloseTo(860 - 240 - 110, 0);
  });

  it('leaves out results without latency', () => {
    const { latency: _, ...untimed } = aResult({ scenario: 'fan-out' });
    expect(latencyChart([aResult(), untimed], '')).not.toContain('fan-out');
  });
});

const moments = [
  { ms: 0, remaining: 100, sold: 0, refused: 0 },
  { ms: 500, remaining: 50, sold: 50, refused: 0 },
  { ms: 1000, remaining: 0, sold: 100, refused: 300 },
];

describe('ratesOf', () => {
  it('has sold and refused separately', () => {
    expect(ratesOf(moments)).toEqual([
      { ms: 250, sold: 100, refused: 0 },
      { ms: 750, sold: 100, refused: 600 },
    ]);
  });

  it('waits until a span is over', () => {
    expect(ratesOf(moments, 1000)).toEqual([{ ms: 500, sold: 100, refused: 300 }]);
  });
});

describe('stockChart', () => {
  it('draws the stock from top to bottom of its panel', () => {
    const svg = stockChart([aResult({ scenario: 'stampede-cluster', moments })], '');
    const [stock] = [...svg.matchAll(/<polyline points="([^"]+)" class="s0"/g)].map(([, points]) => points?.split(' '));
    expect(stock).toEqual(['70.0,96.0', '440.0,171.0', '810.0,246.0']);
  });

  it('has a panel for each result with a recorded sale', () => {
    const svg = stockChart([aResult({ moments }), aResult(), aResult({ connections: 128, moments })], '');
    expect(svg.match(/<polyline/g)).toHaveLength(6);
  });
});
