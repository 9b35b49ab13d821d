import { useState } from 'preact/hooks';
import type { Shop } from '../shop/shop.ts';
import type { User } from '../shop/state.ts';

/** The id of the field, which "Sign in to buy" focuses. */
export const TOKEN_FIELD = 'token';

/** Shows the user, or the sign-in form. A real shop would have its own sign-in and pass on the token. */
export function SignIn({ shop, user }: { readonly shop: Shop; readonly user: User }) {
  const [token, setToken] = useState('');
  if (user.kind === 'in') {
    return (
      <p class="who">
        <span>
          Signed in as <b>{user.userId}</b>
        </span>
        <button type="button" class="quiet" onClick={() => shop.signOut()}>
          Sign out
        </button>
      </p>
    );
  }
  const submit = (event: Event): void => {
    event.preventDefault();
    if (token.trim() !== '') shop.signIn(token.trim());
    setToken('');
  };
  return (
    <form class="who" onSubmit={submit}>
      <label for={TOKEN_FIELD}>Your token</label>
      <input
        id={TOKEN_FIELD}
        value={token}
        onInput={(event) => setToken(event.currentTarget.value)}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        required
        aria-describedby="sign-in-note"
      />
      <button type="submit">Sign in</button>
      <span id="sign-in-note" class="note" role="status">
        {user.note ?? (user.kind === 'checking' ? 'Signing in…' : '')}
      </span>
    </form>
  );
}
