/** Calendars: the working time that timers may count. */
import { z } from '@hono/zod-openapi';
import { name } from '../../machines/source-basics.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { calendarDocument } from './wire.ts';

const tag = 'calendars';

export const calendarBody = z
  .strictObject({
    calendar: field.jsonObject.openapi({
      description: 'A time zone, spans of weekdays, and holidays',
      example: {
        timeZone: 'Europe/Berlin',
        week: { monday: [['09:00', '17:00']], tuesday: [['09:00', '17:00']] },
        holidays: ['2026-12-25', { date: '2027-01-01', name: 'New Year' }],
      },
    }),
  })
  .openapi('NewCalendar');

export function addCalendarRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'put',
      path: '/v1/calendars/{name}',
      summary: 'Set a calendar, for timers that are set from then on',
      tag,
      role: 'operator',
      // A definition names it, so its name is one of the grammar's.
      params: z.object({ name }),
      body: calendarBody,
      answers: { 200: { description: 'The calendar that counts from now on', schema: schema.calendar } },
    },
    async ({ params, body: { calendar }, principal }) =>
      jsonResponse(
        200,
        calendarDocument(await backend.setCalendar(principal.tenant, params.name, calendar, principal)),
      ),
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/calendars',
      summary: 'The calendars of the tenant, by name',
      tag,
      query: z.strictObject({}),
      answers: { 200: { description: 'All of them', schema: schema.page(schema.calendar) } },
    },
    async ({ principal }) => {
      const items = (await backend.store.calendars(principal.tenant)).map(calendarDocument);
      return jsonResponse(200, { items, next_cursor: null });
    },
  );
}
