import type { Context } from "aws-lambda";
import type * as Clients from "./clients";
import { readWakeUp } from "./events";
import { CLIENTS_BUNDLE_PATH } from "./names";
import { createMemory, reconcilePools } from "./reconcile";
import { readSettings } from "./settings";

/**
 * What Pulumi serialises: runs once in each new process of the function and gives the handler.
 * Clients, logger and memory are made here, since nothing but plain functions and constants
 * survives serialising outside of it.
 */
export function createManager(): (event: unknown, context: Context) => Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the archive's file, not a module of this folder
  return startManager(require(`./${CLIENTS_BUNDLE_PATH}`) as typeof Clients);
}

/** @param clients the third-party code: the archive's bundle, or the module that it is made of */
export function startManager(
  clients: typeof Clients,
): (event: unknown, context: Context) => Promise<void> {
  const settings = readSettings(process.env);
  const aws = clients.createAwsCalls(settings.tagKey);
  const processLog = clients.createLog();
  const meter = clients.createMeter();
  const memory = createMemory();
  return async (event, context) => {
    const log = processLog.forRequest(context.awsRequestId);
    const remainingMs = () => context.getRemainingTimeInMillis();
    const wakeUp = readWakeUp(event);
    try {
      await reconcilePools({ aws, log, meter, settings, memory, wakeUp, remainingMs });
    } catch (error) {
      if (!wakeUp.isFirst) throw error;
      // A role's new rights may not count everywhere yet; the schedule follows within a minute.
      log.warn(`the first sync failed: ${String(error)}`);
    }
  };
}
