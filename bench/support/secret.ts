/** Signs the tokens of benchmarks' buyers. */
export const SECRET = 'the secret of a benchmark, it guards nothing at all';
