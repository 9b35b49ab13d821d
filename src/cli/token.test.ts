import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAuthenticator } from '../api/auth/authenticator.ts';
import { token } from './token.ts';

const SECRET = 'a secret that only this test knows, long enough';

describe('floodgate token', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const print = async (...args: readonly string[]): Promise<string> => {
    vi.stubEnv('JWT_SECRET', SECRET);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await token(args);
    return String(write.mock.calls[0]?.[0]).trim();
  };

  it('prints a token that the server accepts', async () => {
    for (const user of ['u1', 'u'.repeat(128), '!"#~']) {
      const { authenticate } = createAuthenticator({ secret: SECRET, cacheSize: 1 });
      expect(authenticate(`Bearer ${await print('--user', user)}`)).toMatchObject({ userId: user });
      vi.restoreAllMocks();
    }
  });

  it.each(['with space', ' ', 'tab\there', 'é', '購入', '\ud800', 'u'.repeat(129)])(
    'refuses the user %j, as the server would',
    async (user) => {
      await expect(print('--user', user)).rejects.toMatchObject({
        code: 'config',
        message: expect.stringContaining('--user must be 1 to 128 printable ASCII characters'),
      });
    },
  );
});
