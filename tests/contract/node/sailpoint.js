// Drives the vendor's Node SDK for SailPoint, unmodified, against the ready object in READY; a line of JSON per family.
const { Blob } = require('node:buffer');

console.log = () => {}; // the SDK tells about its paging on standard output
const sdk = require('sailpoint-api-client');

const ready = JSON.parse(process.env.READY);
const known = [...ready.sailpoint.personal_access_tokens, ...ready.sailpoint.api_clients];

function as(name) {
  const row = known.find((one) => one.name === name);
  const configuration = new sdk.Configuration({
    baseurl: ready.urls.sailpoint,
    clientId: row.client_id,
    clientSecret: row.client_secret,
    tokenUrl: `${ready.urls.sailpoint}/oauth/token`,
  });
  configuration.experimental = true;
  return configuration;
}

function need(held, told) {
  if (!held) throw new Error(told);
}

async function control(method, path, body) {
  const answer = await fetch(`${ready.urls.control}/control/${path}`, {
    method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
  });
  need(answer.ok, `${path}: ${answer.status}`);
}

const wait = (by) => control('POST', 'clock/advance', { by });

async function refused(call, status) {
  try {
    await call();
  } catch (error) {
    const body = error.response && error.response.data;
    need(error.response.status === status, `${error.response.status}, not ${status}: ${JSON.stringify(body)}`);
    need(body.trackingId && body.messages[0].text, JSON.stringify(body));
    return;
  }
  throw new Error(`answered where ${status} was due`);
}

async function groups(userId) {
  const headers = { Authorization: `SSWS ${ready.okta.api_token}` };
  const answer = await fetch(`${ready.urls.okta}/api/v1/users/${userId}/groups`, { headers });
  return (await answer.json()).map((one) => one.profile.name);
}

async function identity(alias) {
  const found = await new sdk.IdentitiesBetaApi(admin).listIdentities({ filters: `alias eq "${alias}"` });
  need(found.data.length === 1, `${found.data.length} identities ${alias}`);
  return found.data[0];
}

async function account(alias) {
  const person = await identity(alias);
  const filters = `identityId eq "${person.id}" and sourceId eq "${ready.sailpoint.okta_source_id}"`;
  const found = await new sdk.AccountsApi(admin).listAccounts({ filters });
  need(found.data.length === 1, `${found.data.length} accounts of ${alias}`);
  return found.data[0];
}

const admin = as('iam-admin');

const families = {
  async paging() {
    const api = new sdk.AccountsApi(admin);
    const whole = await sdk.Paginator.paginate(api, api.listAccounts, { sorters: 'name' }, 250);
    const paged = await sdk.Paginator.paginate(api, api.listAccounts, { sorters: 'name' }, 7);
    need(paged.data.length > 20 && new Set(paged.data.map((one) => one.id)).size === paged.data.length, 'doubled rows');
    need(JSON.stringify(paged.data) === JSON.stringify(whole.data), 'pages differ from the whole');
    const counted = await api.listAccounts({ limit: 1, count: true });
    need(Number(counted.headers['x-total-count']) === paged.data.length, 'the total is wrong');
  },
  async searching() {
    const search = { indices: ['identities'], query: { query: '*' }, sort: ['id'] };
    const found = await sdk.Paginator.paginateSearchApi(new sdk.SearchApi(admin), search, 7, 100);
    need(found.data.length > 20, `${found.data.length} documents`);
    need(new Set(found.data.map((one) => one.id)).size === found.data.length, 'doubled documents');
  },
  async access() {
    const roles = await new sdk.RolesApi(admin).listRoles();
    const role = await new sdk.RolesApi(admin).getRole({ id: roles.data[0].id });
    need(role.data.name === roles.data[0].name, 'read by id');
    const profiles = await new sdk.AccessProfilesApi(admin).listAccessProfiles();
    need(profiles.data.length > 10, `${profiles.data.length} access profiles`);
    const rights = await new sdk.EntitlementsBetaApi(admin).listEntitlements();
    need(rights.data.every((one) => one.source.id), 'an entitlement without its source');
    await refused(() => new sdk.RolesApi(admin).getRole({ id: '2c9180835d191a86015d28455b4a2329' }), 404);
    await refused(() => new sdk.AccountsApi(admin).listAccounts({ filters: 'name co "x"' }), 400);
  },
  async configuring() {
    const api = new sdk.TransformsApi(admin);
    const body = { name: 'Lower of Node', type: 'lower', attributes: {} };
    const made = await api.createTransform({ transformV3: body, transform: body });
    need(made.status === 201 && made.data.id, 'created');
    const named = await api.listTransforms({ filters: 'name eq "Lower of Node"' });
    need(named.data.length === 1, 'listed by name');
    await api.deleteTransform({ id: made.data.id });
    await refused(() => api.getTransform({ id: made.data.id }), 404);
  },
  async hiring() {
    const row = {
      first_name: 'Nils', last_name: 'Node', department: 'Sales', job_title: 'Account Executive', manager_id: 'E1006',
      location: 'NYC', time_zone: 'America/New_York', worker_type: 'employee', hire_date: ready.now.slice(0, 10),
    };
    const put = await fetch(`${ready.urls.hr}/workers/N5001`, {
      method: 'PUT', body: JSON.stringify(row), headers: { 'Content-Type': 'application/json' },
    });
    need(put.ok, `HR: ${put.status}`);
    const feed = await (await fetch(`${ready.urls.hr}/feed.csv`)).arrayBuffer();
    const file = new File([new Blob([feed])], 'feed.csv', { type: 'text/csv' });
    const sources = new sdk.SourcesBetaApi(as('loader'));
    const started = await sources.importAccounts({ sourceId: ready.sailpoint.hr_source_id, id: ready.sailpoint.hr_source_id, file });
    need(started.status === 202 && started.data.success, JSON.stringify(started.data));
    await wait('PT30M');
    const task = await new sdk.TaskManagementBetaApi(admin).getTaskStatus({ id: started.data.task.id });
    need(task.data.completionStatus === 'SUCCESS', JSON.stringify(task.data.messages));
    const found = await account('N5001');
    need((await groups(found.nativeIdentity)).includes('SP-APP-CRM-User'), 'the birthright group is missing');
  },
  async requesting() {
    const self = known.find((one) => one.name === 'E1017').identity_id;
    const item = (await new sdk.AccessProfilesApi(admin).listAccessProfiles({ filters: 'name eq "AP-CRM-User"' })).data[0];
    const accessRequest = {
      requestedFor: [self], requestType: 'GRANT_ACCESS', requestedItems: [{ type: 'ACCESS_PROFILE', id: item.id, comment: 'x' }],
    };
    await new sdk.AccessRequestsApi(as('E1017')).createAccessRequest({ accessRequest });
    await wait('PT5M');
    const approvals = new sdk.AccessRequestApprovalsApi(as('E1008'));
    const waiting = await approvals.listPendingApprovals();
    need(waiting.data.length === 1, `${waiting.data.length} approvals`);
    await approvals.approveAccessRequest({ approvalId: waiting.data[0].id, commentDto: { comment: 'yes' } });
    await wait('PT1H');
    const rows = await new sdk.AccessRequestsApi(admin).listAccessRequestStatus({ requestedFor: self });
    need(rows.data.some((one) => one.name === 'AP-CRM-User' && one.state === 'REQUEST_COMPLETED'), JSON.stringify(rows.data));
    need((await groups((await account('E1017')).nativeIdentity)).includes('SP-APP-CRM-User'), 'no group');
  },
};

(async () => {
  await control('PUT', 'snapshots/first');
  for (const [family, drive] of Object.entries(families)) {
    let problem = null;
    await control('POST', 'snapshots/first/restore');
    try {
      await drive();
    } catch (error) {
      const body = error.response && JSON.stringify(error.response.data);
      problem = `${error.stack || error}\n${body || ''}`.slice(0, 1500);
    }
    process.stdout.write(`${JSON.stringify({ family, problem })}\n`);
  }
  process.exit(0);
})();
