/** What stands around every screen: where one can go, who one is, and whether what one sees is live. */
import {
  ActionIcon,
  AppShell,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { type LiveStatus, useLive } from '../data/live.ts';
import { useWork } from '../data/queries.ts';
import { signOut, useSignedIn } from '../data/session.ts';
import { useArrival } from './arrival.ts';
import { BoardSign, MoonSign, OperationsSign, SunSign, WorkflowSign, WorkSign } from './icons.tsx';
import { Who } from './small.tsx';

export function Shell({ children }: { readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  useArrival('content');
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <AppShell.Header bg="var(--surface)">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Link to="/work" className="plain-link" aria-label="Countersign, start page">
              <Group gap={8} wrap="nowrap">
                <img src="/icon.svg" alt="" width={24} height={24} />
                <Text fw={700} visibleFrom="xs">
                  Countersign
                </Text>
              </Group>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LiveSign />
            <ThemeSwitch />
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" bg="var(--surface)" aria-label="Screens">
        <Places onGo={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Reconnecting />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function Places({ onGo }: { readonly onGo: () => void }) {
  const { pathname } = useLocation();
  const { roles } = useSignedIn();
  const work = useWork();
  const count = work.data?.pages.reduce((sum, page) => sum + page.items.length, 0);
  const hasMore = work.hasNextPage;
  const places = [
    { to: '/work', label: 'Work', sign: <WorkSign />, aside: count },
    { to: '/changes', label: 'Changes', sign: <BoardSign /> },
    { to: '/workflows', label: 'Workflows', sign: <WorkflowSign /> },
    ...(roles.includes('operator')
      ? [{ to: '/operations', label: 'Operations', sign: <OperationsSign /> }]
      : []),
  ];
  return places.map(({ to, label, sign, aside }) => (
    <NavLink
      key={to}
      component={Link}
      to={to}
      label={label}
      leftSection={sign}
      rightSection={
        aside ? (
          <Text size="sm" fw={600} className="tabular">
            {aside.toLocaleString()}
            {hasMore && '+'}
            <span className="sr-only"> waiting for you</span>
          </Text>
        ) : null
      }
      active={isAt(pathname, to)}
      aria-current={isAt(pathname, to) ? 'page' : undefined}
      className="nav-link"
      onClick={onGo}
    />
  ));
}

const isAt = (pathname: string, to: string) => pathname === to || pathname.startsWith(`${to}/`);

const SAID: Readonly<Record<LiveStatus, string>> = {
  live: 'Live',
  connecting: 'Connecting',
  waiting: 'Reconnecting',
};

function LiveSign() {
  const { status } = useLive();
  return (
    <Group gap={6} wrap="nowrap" role="status">
      <span className="dot" data-status={status} />
      <Text size="sm" c="dimmed" className="live-word">
        {SAID[status]}
      </Text>
    </Group>
  );
}

function Reconnecting() {
  const { status, waiting } = useLive();
  if (status !== 'waiting') return null;
  return (
    <Text role="alert" size="sm" c="var(--wait)" className="surface" px="md" py={8} mb="md">
      The connection to the server is lost. What you see may be old; the page catches up by itself as soon as
      the server is back.
      {waiting > 0 && ` ${waiting === 1 ? 'One decision waits' : `${waiting} decisions wait`} to be sent.`}
    </Text>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={`Use ${other} colours`}
      onClick={() => setColorScheme(other)}
    >
      {scheme === 'dark' ? <SunSign /> : <MoonSign />}
    </ActionIcon>
  );
}

function Account() {
  const { principal, kind, tenant, roles } = useSignedIn();
  return (
    <Menu position="bottom-end" width={280} withinPortal>
      <Menu.Target>
        <Button variant="subtle" color="gray" px="xs">
          <span className="sr-only">Account of </span>
          <Who name={principal} kind={kind} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Tenant {tenant}
          <br />
          {roles.length === 0 ? 'No roles in this token' : roles.slice(0, 8).join(', ')}
          {roles.length > 8 && ` and ${roles.length - 8} more`}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item onClick={() => signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
