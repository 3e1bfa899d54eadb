/** Operations: timers that are set, events that were refused, the server itself, and migrations, for those who keep the server running. */
import { Stack, Tabs } from '@mantine/core';
import { useLocation, useNavigate } from 'react-router';
import { useSignedIn } from '../../data/session.ts';
import { PageTitle } from '../../parts/small.tsx';
import { Empty } from '../../parts/states.tsx';
import { Migrations } from './migrations.tsx';
import { Refused } from './refused.tsx';
import { ServerState } from './server.tsx';
import { Timers } from './timers.tsx';

/** As the address names them. */
const TABS: readonly string[] = ['timers', 'refused', 'server', 'migrations'];

export default function Operations() {
  const { roles } = useSignedIn();
  const { hash } = useLocation();
  const navigate = useNavigate();
  const tab = TABS.includes(hash.slice(1)) ? hash.slice(1) : 'timers';
  if (!roles.includes('operator'))
    return (
      <Empty title="This is for operators" isScreen>
        Your token does not hold the role “operator”.
      </Empty>
    );
  return (
    <Stack gap="lg" maw={1200}>
      <PageTitle>Operations</PageTitle>
      <Tabs
        value={tab}
        onChange={(next) => navigate({ hash: next ?? '' }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="timers">Timers</Tabs.Tab>
          <Tabs.Tab value="refused">Refused</Tabs.Tab>
          <Tabs.Tab value="server">Server</Tabs.Tab>
          {roles.includes('deployer') && <Tabs.Tab value="migrations">Migrations</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="timers">
          <Timers />
        </Tabs.Panel>
        <Tabs.Panel value="refused">
          <Refused />
        </Tabs.Panel>
        <Tabs.Panel value="server">
          <ServerState />
        </Tabs.Panel>
        <Tabs.Panel value="migrations">
          <Migrations />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
