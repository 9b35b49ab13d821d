import { type Static, Type } from '@sinclair/typebox';
import { StringEnum, Time } from '../http/common-schemas.ts';

export const HealthSchema = Type.Object(
  { status: StringEnum(['ok'], 'The process is running.') },
  { examples: [{ status: 'ok' }] },
);

export const ReadinessSchema = Type.Object(
  {
    status: StringEnum(
      ['ready', 'degraded', 'not_ready', 'draining'],
      'Whether to send buyers here: yes when ready, and when degraded (it sells while another dependency is unavailable).',
    ),
    dependencies: Type.Record(
      Type.String(),
      Type.Object({ state: Type.String(), detail: Type.Optional(Type.String()) }),
      { description: 'Each dependency by name.' },
    ),
  },
  { examples: [{ status: 'ready', dependencies: { queue: { state: 'up' } } }] },
);

export const TimeSchema = Type.Object(
  { now: Time("The server's clock.") },
  { examples: [{ now: '2026-11-21T09:06:55.120Z' }] },
);

export type ReadinessJson = Static<typeof ReadinessSchema>;
