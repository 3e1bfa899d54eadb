/** Which screen stands at which address. Each is a file of its own that is loaded when somebody goes there. */
import { lazy, Suspense, useEffect } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { keepFresh } from './data/freshness.ts';
import { startLive } from './data/live.ts';
import { queryClient } from './data/queries.ts';
import { useSession } from './data/session.ts';
import { tellAnswer } from './parts/answered.ts';
import { Broken } from './parts/broken.tsx';
import { Shell } from './parts/shell.tsx';
import { Empty, Loading } from './parts/states.tsx';
import { SignIn } from './screens/sign-in/sign-in.tsx';
import { Work } from './screens/work/work.tsx';

const Change = lazy(() => import('./screens/change/change.tsx'));
const Board = lazy(() => import('./screens/board/board.tsx'));
const Workflows = lazy(() => import('./screens/workflows/workflows.tsx'));
const Workflow = lazy(() => import('./screens/workflows/workflow.tsx'));
const Operations = lazy(() => import('./screens/operations/operations.tsx'));
const Replay = lazy(() => import('./screens/replay/replay.tsx'));

export function App() {
  const session = useSession();
  useEffect(() => {
    if (session === null) return;
    const stopKeeping = keepFresh(queryClient);
    const stopLive = startLive(session, tellAnswer);
    return () => {
      stopLive();
      stopKeeping();
      queryClient.clear();
    };
  }, [session]);
  if (session === null) return <SignIn />;
  return (
    <Shell>
      <Broken>
        <Suspense fallback={<Loading what="the screen" />}>
          <Routes>
            <Route path="/" element={<Navigate to="/work" replace />} />
            <Route path="/work" element={<Work />} />
            <Route path="/changes" element={<Board />} />
            <Route path="/changes/:id" element={<Change />} />
            <Route path="/changes/:id/replay" element={<Replay />} />
            <Route path="/workflows" element={<Workflows />} />
            <Route path="/workflows/:name" element={<Workflow />} />
            <Route path="/operations" element={<Operations />} />
            <Route path="*" element={<Nothing />} />
          </Routes>
        </Suspense>
      </Broken>
    </Shell>
  );
}

function Nothing() {
  return (
    <Empty title="There is no such page" isScreen>
      Choose one in the navigation, or go back to where you came from.
    </Empty>
  );
}
