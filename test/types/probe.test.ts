import { it } from 'vitest';
import { LanguageServer } from './language-server.ts';
import { GROWN } from './grown.ts';
import { GROWN_GAPS } from './gaps.ts';
import { changed, writeProject } from './project.ts';
it('probe', async () => {
  const s = new LanguageServer(await writeProject({ 'sound.ts': GROWN })); await s.start();
  let i = 0, bad = 0; const out: string[] = [];
  for (const { gap, changes, offered, never = [] } of GROWN_GAPS) {
    const got = await s.complete(`g${i++}.ts`, changed(changes, GROWN));
    const missing = offered.filter((o) => !got.includes(o)); const wrong = never.filter((o) => got.includes(o));
    if (missing.length || wrong.length) { bad++; out.push(['FAIL', gap, '| missing', missing.join(), '| wrong', wrong.join(), '| got', got.slice(0, 12).join(), got.length].join(' ')); }
  }
  console.log(out.join('\n'), '\nbad', bad, 'of', i); s.stop();
}, 60000);
