import { useState } from 'preact/hooks';
import type { Shop } from '../shop/shop.ts';
import type { OfferedSignIn, User } from '../shop/state.ts';

/** The id of the field, which "Sign in to buy" focuses. */
export const TOKEN_FIELD = 'token';

interface SignInProps {
  readonly shop: Shop;
  readonly user: User;
  readonly offered: OfferedSignIn | undefined;
}

/** Shows the user, or the sign-in form. A real shop would have its own sign-in and pass on the token. */
export function SignIn({ shop, user, offered }: SignInProps) {
  const [token, setToken] = useState('');
  if (offered !== undefined) return <Offered shop={shop} user={user} offered={offered} />;
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

/** Asks before a link signs the user in: whoever made it may be somebody else. */
function Offered({ shop, user, offered }: SignInProps & { readonly offered: OfferedSignIn }) {
  return (
    <p class="who">
      <span role="status">
        The link that you followed signs you in as <b>{offered.userId}</b>
        {user.kind === 'in' ? `; you are signed in as ${user.userId}` : ''}. What you buy then belongs to that account.
      </span>
      <button type="button" onClick={() => shop.signIn(offered.token)}>
        Sign in as {offered.userId}
      </button>
      <button type="button" class="quiet" onClick={() => shop.declineSignIn()}>
        Ignore the link
      </button>
    </p>
  );
}
