/** Signing in: with a token; a development server also offers its people. */
import {
  Alert,
  Button,
  Card,
  Center,
  Divider,
  Group,
  Stack,
  Text,
  Textarea,
  Title,
  UnstyledButton,
} from '@mantine/core';
import { useEffect, useState } from 'react';
import { sessionOf, signIn, whySignedOut } from '../../data/session.ts';
import { Who } from '../../parts/small.tsx';

interface Person {
  readonly principal: string;
  readonly about: string;
  readonly token: string;
}

export function SignIn() {
  const people = usePeople();
  const why = whySignedOut();
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={420} gap="lg">
        <Group gap="sm">
          <img src="/icon.svg" alt="" width={36} height={36} />
          <div>
            <Title order={1} size="h3">
              Sign in to Countersign
            </Title>
            <Text size="sm" c="dimmed">
              What waits for you, what happens, and why.
            </Text>
          </div>
        </Group>
        {why !== null && (
          <Alert color="yellow" role="alert">
            {why}
          </Alert>
        )}
        {people.length > 0 && <People people={people} />}
        <TokenForm />
      </Stack>
    </Center>
  );
}

function People({ people }: { readonly people: readonly Person[] }) {
  const enter = ({ token }: Person) => {
    const session = sessionOf(token);
    if (session !== null) signIn(session);
  };
  return (
    <>
      <Card padding={0}>
        <Text size="sm" c="dimmed" px="md" pt="sm" pb={4}>
          This is a development server. Enter as
        </Text>
        {people.map((person) => (
          <UnstyledButton
            key={person.principal}
            className="row-link"
            px="md"
            py={10}
            onClick={() => enter(person)}
          >
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} component="span">
                <Who name={person.principal} />
              </Text>
              <Text size="xs" c="dimmed" ta="right">
                {person.about}
              </Text>
            </Group>
          </UnstyledButton>
        ))}
      </Card>
      <Divider label="or with a token" />
    </>
  );
}

function TokenForm() {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const submit = () => {
    const session = sessionOf(text);
    if (session === null)
      setError('This is no token that is valid now. A token has three parts with dots between them.');
    else signIn(session);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <Textarea
          label="Token"
          description="A JSON Web Token of your identity provider, or from “countersign token”"
          placeholder="eyJ…"
          autosize
          minRows={2}
          maxRows={5}
          spellCheck={false}
          value={text}
          error={error}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setError(null);
          }}
        />
        <Button type="submit" disabled={text.trim() === ''}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

/** Only a development server knows any. */
function usePeople(): readonly Person[] {
  const [people, setPeople] = useState<readonly Person[]>([]);
  useEffect(() => {
    fetch('/dev/people.json')
      .then((answer) => (answer.ok ? answer.json() : { people: [] }))
      .then((document: { readonly people: readonly Person[] }) => setPeople(document.people))
      .catch(() => {});
  }, []);
  return people;
}
