// Drives the vendor's Node SDK, unmodified, against OKTA_BASE with OKTA_TOKEN; prints one line of JSON per family.
const okta = require('@okta/okta-sdk-nodejs');

const client = new okta.Client({ orgUrl: process.env.OKTA_BASE, token: process.env.OKTA_TOKEN });
let made = 0;
const unique = (word) => `${word}-node-${(made += 1)}`;

async function listed(collection) {
  const rows = [];
  await collection.each((row) => { rows.push(row); });
  return rows;
}

function need(held, told) {
  if (!held) throw new Error(told);
}

async function person() {
  const login = `${unique('person')}@example.com`;
  const profile = { firstName: 'Nora', lastName: 'Node', login, email: login };
  const body = { profile, credentials: { password: { value: 'Autumn-2026x' } } };
  return client.userApi.createUser({ body, activate: true });
}

async function refused(call, status, code) {
  try {
    await call();
  } catch (error) {
    need(error.status === status && error.errorCode === code, `${error.status} ${error.errorCode}, not ${status} ${code}`);
    return;
  }
  throw new Error(`answered where ${status} ${code} was due`);
}

const families = {
  async users() {
    const user = await person();
    need(user.status === 'ACTIVE', user.status);
    const read = await client.userApi.getUser({ userId: user.profile.login });
    need(read.id === user.id, 'read by login');
    read.profile.nickName = 'No';
    const changed = await client.userApi.updateUser({ userId: user.id, user: { profile: read.profile } });
    need(changed.profile.nickName === 'No', 'changed');
    await client.userApi.suspendUser({ userId: user.id });
    await client.userApi.unsuspendUser({ userId: user.id });
    await client.userApi.revokeUserSessions({ userId: user.id, oauthTokens: true });
    await client.userApi.deactivateUser({ userId: user.id });
    await client.userApi.deleteUser({ userId: user.id });
    await refused(() => client.userApi.getUser({ userId: user.id }), 404, 'E0000007');
  },
  async paging() {
    for (let number = 0; number < 5; number += 1) await person();
    const rows = await listed(await client.userApi.listUsers({ limit: 2 }));
    need(rows.length >= 6 && new Set(rows.map((row) => row.id)).size === rows.length, `${rows.length} rows`);
  },
  async groups() {
    const user = await person();
    const group = await client.groupApi.createGroup({ group: { profile: { name: unique('Group') } } });
    await client.groupApi.assignUserToGroup({ groupId: group.id, userId: user.id });
    const members = await listed(await client.groupApi.listGroupUsers({ groupId: group.id }));
    need(members.length === 1 && members[0].id === user.id, 'members');
    await client.groupApi.unassignUserFromGroup({ groupId: group.id, userId: user.id });
    await client.groupApi.deleteGroup({ groupId: group.id });
    await refused(() => client.groupApi.getGroup({ groupId: group.id }), 404, 'E0000007');
  },
  async rules() {
    const group = await client.groupApi.createGroup({ group: { profile: { name: unique('Ruled') } } });
    const groupRule = {
      type: 'group_rule', name: unique('Rule'),
      conditions: { expression: { type: 'urn:okta:expression:1.0', value: 'user.lastName=="Nobody"' } },
      actions: { assignUserToGroups: { groupIds: [group.id] } },
    };
    const rule = await client.groupApi.createGroupRule({ groupRule });
    need(rule.status === 'INACTIVE', rule.status);
    await client.groupApi.activateGroupRule({ ruleId: rule.id });
    await client.groupApi.deactivateGroupRule({ ruleId: rule.id });
    await client.groupApi.deleteGroupRule({ ruleId: rule.id });
  },
  async applications() {
    const user = await person();
    const application = {
      name: 'bookmark', label: unique('App'), signOnMode: 'BOOKMARK',
      settings: { app: { requestIntegration: false, url: 'https://portal.example' } },
    };
    const app = await client.applicationApi.createApplication({ application });
    need(app.status === 'ACTIVE', app.status);
    await client.applicationApi.assignUserToApplication({ appId: app.id, appUser: { id: user.id } });
    const rows = await listed(await client.applicationApi.listApplicationUsers({ appId: app.id }));
    need(rows.length === 1 && rows[0].id === user.id, 'app users');
    await client.applicationApi.deactivateApplication({ appId: app.id });
    await client.applicationApi.deleteApplication({ appId: app.id });
    await refused(() => client.applicationApi.getApplication({ appId: app.id }), 404, 'E0000007');
  },
  async roles() {
    const user = await person();
    const role = await client.roleAssignmentApi.assignRoleToUser({ userId: user.id, assignRoleRequest: { type: 'HELP_DESK_ADMIN' } });
    need(role.type === 'HELP_DESK_ADMIN', role.type);
    const rows = await listed(await client.roleAssignmentApi.listAssignedRolesForUser({ userId: user.id }));
    need(rows.length === 1, `${rows.length} roles`);
    await client.roleAssignmentApi.unassignRoleFromUser({ userId: user.id, roleId: role.id });
  },
  async log() {
    const user = await person();
    const events = await listed(await client.systemLogApi.listLogEvents({
      filter: `target.id eq "${user.id}"`, since: new Date(Date.now() - 3600e3).toISOString(), until: new Date(Date.now() + 60e3).toISOString(),
    }));
    need(events.some((event) => event.eventType === 'user.lifecycle.create'), `${events.length} events`);
  },
  async errors() {
    await refused(() => client.userApi.getUser({ userId: 'nosuch' }), 404, 'E0000007');
    await refused(() => client.userApi.createUser({ body: { profile: { login: 'x' } } }), 400, 'E0000001');
  },
  async policies() {
    const rows = await listed(await client.policyApi.listPolicies({ type: 'OKTA_SIGN_ON' }));
    need(rows.length >= 1, 'policies');
  },
  async authenticators() {
    const rows = await listed(await client.authenticatorApi.listAuthenticators());
    need(rows.some((row) => row.key === 'okta_password'), 'authenticators');
  },
  async zones() {
    need((await listed(await client.networkZoneApi.listNetworkZones())).length >= 1, 'zones');
  },
  async hooks() {
    const eventHook = {
      name: unique('Hook'), events: { type: 'EVENT_TYPE', items: ['user.lifecycle.create'] },
      channel: { type: 'HTTP', version: '1.0.0', config: { uri: 'https://hook.example/in', headers: [],
        authScheme: { type: 'HEADER', key: 'Authorization', value: 'x' } } },
    };
    const hook = await client.eventHookApi.createEventHook({ eventHook });
    await client.eventHookApi.deactivateEventHook({ eventHookId: hook.id });
    await client.eventHookApi.deleteEventHook({ eventHookId: hook.id });
  },
  async servers() {
    const authorizationServer = { name: unique('Server'), description: 'd', audiences: ['api://node'] };
    const server = await client.authorizationServerApi.createAuthorizationServer({ authorizationServer });
    await client.authorizationServerApi.deactivateAuthorizationServer({ authServerId: server.id });
    await client.authorizationServerApi.deleteAuthorizationServer({ authServerId: server.id });
  },
  async features() {
    need((await listed(await client.featureApi.listFeatures())).length >= 1, 'features');
  },
};

(async () => {
  for (const [family, drive] of Object.entries(families)) {
    let problem = null;
    try {
      await drive();
    } catch (error) {
      problem = String(error && error.message ? error.message : error);
    }
    console.log(JSON.stringify({ family, problem }));
  }
})();
