/**
 * What goes by itself, in the machine's order: in a round, every region takes its first condition that holds, all at once;
 * when no region moves any more, the first join or condition around them that holds is taken; when none does, the change rests.
 */
import type { RegionModel, TopPlace } from '../../check-model.ts';
import { needed } from '../../joins.ts';
import { judged, type Setting } from './guards.ts';
import { anew, forgetting, goesInside, hasInner, leaving, moving, REST, settling } from './moves.ts';

/** Writes the phases of settling in `top`. */
export function settle(setting: Setting, top: TopPlace): void {
  const start = `settling ${top.path}`;
  if (settling(setting, top) !== start) return;
  const inner = top.regions.filter(goesInside);
  const outer = hasInner(top) ? setting.net.fresh() : start;
  if (inner.length > 0) round(setting, top, inner, start, outer);
  let here = outer;
  for (const each of top.leaving) {
    const [holds, next] = [setting.net.fresh(), setting.net.fresh()];
    if (each.on === 'when') judged(setting, top, each.when, here, holds, next);
    else {
      const { join, ending } = each;
      counting(setting, top, needed(join, top.regions.length), ending, here, holds, next);
    }
    leaving(setting, top, each.to, anew(setting, each, holds), { does: each });
    here = next;
  }
  setting.net.line(here, setting.facts.all.length > 0 ? forgetting(0) : REST);
}

/** One round: first all regions are asked, then all that said so move. */
function round(
  setting: Setting,
  top: TopPlace,
  inner: readonly RegionModel[],
  start: string,
  outer: string,
): void {
  const { net } = setting;
  let here = start;
  for (const region of inner) {
    const next = net.fresh();
    for (const place of region.places.values()) {
      let asked = net.fresh();
      net.line(here, asked, { reads: [place.path] });
      for (const [index, { when }] of place.whens.entries()) {
        const [holds, not] = [net.fresh(), net.fresh()];
        judged(setting, top, when, asked, holds, not);
        net.line(holds, next, { puts: [net.place(goes(place.path, index), 'phase')] });
        asked = not;
      }
      net.line(asked, next, { puts: [net.place(stays(top, region), 'phase')] });
    }
    here = next;
  }
  // Two ways through the second half: nothing has moved yet, or something has.
  let still = here;
  let moved = net.fresh();
  for (const region of inner) {
    const [stillNext, movedNext] = [net.fresh(), net.fresh()];
    net.line(still, stillNext, { takes: [stays(top, region)] });
    net.line(moved, movedNext, { takes: [stays(top, region)] });
    for (const place of region.places.values())
      for (const [index, when] of place.whens.entries())
        for (const from of [still, moved]) {
          const applied = when.void ? net.fresh() : movedNext;
          moving(setting, region, place, when.to, from, applied, {
            does: when,
            takes: [goes(place.path, index)],
          });
          if (when.void) net.line(anew(setting, when, applied), movedNext);
        }
    still = stillNext;
    moved = movedNext;
  }
  net.line(still, outer);
  net.line(moved, start);
}

function goes(path: string, index: number): string {
  return `${path} goes ${index}`;
}

function stays(top: TopPlace, region: RegionModel): string {
  return `${top.path}.${region.name} stays`;
}

/** Whether at least `k` regions have ended (so): they are counted one after the other. */
function counting(
  { net }: Setting,
  top: TopPlace,
  k: number,
  ending: string | undefined,
  at: string,
  yes: string,
  no: string,
): void {
  let counts: (string | undefined)[] = [at];
  const count = top.regions.length;
  for (const [index, { places }] of top.regions.entries()) {
    const next: (string | undefined)[] = [];
    const phase = (ended: number) => {
      if (ended >= k) return yes;
      if (ended + (count - index - 1) < k) return no;
      next[ended] ??= net.fresh();
      return next[ended] ?? no;
    };
    for (const [ended, here] of counts.entries()) {
      if (here === undefined) continue;
      for (const { path, final } of places.values()) {
        const counts = final !== undefined && (ending === undefined || final === ending);
        net.line(here, phase(ended + (counts ? 1 : 0)), { reads: [path] });
      }
    }
    counts = next;
  }
}
