/**
 * What can be typed. Every command loads its own module when it runs and returns a result; how results are shown is
 * the same for all.
 */
import { Command } from 'commander';
import type { Io } from './io.ts';
import { adder, type Finish, withCommon } from './program/add.ts';
import { addAdministration, addServers } from './program/administration.ts';
import { addChanges, addReading } from './program/changes.ts';
import { addDefinitions, addMigrations } from './program/definitions.ts';
import { addGraph } from './program/graph.ts';
import { addModels } from './program/models.ts';
import { addDelegations } from './program/people.ts';
import { addDirectory, addProjects } from './program/places.ts';
import { addRelease } from './program/release.ts';
import { addRepositories } from './program/repositories.ts';
import { addStaffing } from './program/staffing.ts';
import { addTimers } from './program/timers.ts';
import { addWorkflows } from './program/workflows.ts';
import { packageVersion } from './version.ts';

export function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('countersign')
    .description('Change approval: workflows proven before they run, every decision in a log that stays.')
    .version(packageVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => {} });
  withCommon(program);
  const add = adder(program, finish);
  addServers(program);
  addWorkflows(add, io);
  addModels(add, io);
  addDefinitions(add, io, program, finish);
  addMigrations(add, io);
  addStaffing(add, io);
  addChanges(add, io);
  addReading(add, io);
  addRepositories(add, io, program, finish);
  addGraph(add, io);
  addRelease(add, io);
  addTimers(add, io, program, finish);
  addProjects(io, program, finish);
  addDelegations(add, io);
  addDirectory(io, program, finish);
  addAdministration(add, io, program, finish);
  return program;
}
