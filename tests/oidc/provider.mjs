// A real OpenID Connect provider for the tests: `node provider.mjs <port> <redirect_uri>`; its own development forms
// take any name and password. It keeps everything in memory and listens on loopback alone.
import { Provider } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'zoneschild',
    client_secret: 'invented: secret/of+the%tests',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub'], profile: ['preferred_username'] },
  conformIdTokenClaims: false, // the ID token holds the claims of the scope, as most providers' do
  pkce: { required: () => true },
  cookies: { keys: ['invented for the tests'] },
  // Who somebody is, and what they call themselves, are two things.
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, preferred_username: id.replace(/^person-/, '') }),
  }),
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
