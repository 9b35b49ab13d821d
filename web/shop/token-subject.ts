/** The longest user id that the server accepts. */
const MAX_LENGTH = 128;

/** The user that a JWT names, for display: only the server can verify it. Undefined when it names none. */
export function subjectOf(token: string): string | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const { sub } = claims as { readonly sub?: unknown };
    return typeof sub === 'string' && sub !== '' ? sub.slice(0, MAX_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}
