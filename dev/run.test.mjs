import { describe, expect, it } from 'vitest';
import { excerpt, run, StepFailure } from './run.mjs';

const node = (script) => [process.execPath, ['-e', script]];

describe('run', () => {
  it('prints nothing of a command that succeeds', async () => {
    await expect(run('It', ...node("console.log('noise')"), { timeoutMs: 10_000 })).resolves.toBeUndefined();
  });

  it('fails with the name of the step, its exit code and its output on either stream', async () => {
    const script = "console.log('to out'); console.error('to err'); process.exitCode = 3;";
    const failure = await run('The step', ...node(script), { timeoutMs: 10_000 }).catch((error) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect(failure.message).toMatch(/^The step failed \(3\)\. From its output:\n/);
    expect(failure.message).toContain('to out');
    expect(failure.message).toContain('to err');
  });

  it('fails when the program does not exist', async () => {
    await expect(run('It', 'no-such-program', [], { timeoutMs: 10_000 })).rejects.toThrow(/It failed .*ENOENT/);
  });

  it('stops a command that takes too long', async () => {
    await expect(run('It', ...node('setInterval(() => {}, 1000)'), { timeoutMs: 200 })).rejects.toThrow(/SIGKILL/);
  });
});

describe('excerpt', () => {
  const lines = (count) => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

  it('is all of a short log, without empty lines', () => {
    expect(excerpt('\nline 1\n\nline 2\n')).toEqual(['line 1', 'line 2']);
    expect(excerpt(lines(20).join('\n'))).toEqual(lines(20));
  });

  it('is the beginning and the end of a long log, with the number of lines left out', () => {
    const kept = [...lines(8), '… (80 more lines)', ...lines(100).slice(88)];
    expect(excerpt(lines(100).join('\n'))).toEqual(kept);
  });
});
