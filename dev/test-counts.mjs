/**
 * Adds up a report of vitest's JSON reporter. Failures outside of tests count too: a file that could not be loaded, an
 * unhandled rejection, a report that was not written, or no test at all.
 *
 * @param {{ testResults: readonly { status: string, assertionResults: readonly { status: string }[] }[] } | undefined} report
 * @param {number} exitCode of vitest
 */
export function countTests(report, exitCode) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults.map((test) => test.status));
  const count = (...statuses) => tests.filter((status) => statuses.includes(status)).length;

  const passed = count('passed');
  const skipped = count('skipped', 'pending', 'todo', 'disabled');
  const inTests = count('failed');
  const outsideOfTests = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = inTests + outsideOfTests;
  const unexplained = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, skipped, failed: unexplained ? 1 : failed };
}

/** The last line of `npm test`, which CI reads. */
export function summaryOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
