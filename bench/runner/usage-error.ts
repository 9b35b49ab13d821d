/** The call was wrong, and not the program: its message, of one line, is all that there is to say. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
