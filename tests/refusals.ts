import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { deploy, type Deployment, type DeploymentOptions } from "./mocks";

/**
 * Runs what begins well and is refused later, by what AWS answers; gives the errors, each once, and all that
 * was registered nevertheless. Pulumi ends such a program by its rejections, which nobody handles.
 */
export async function refuseLater(
  create: () => unknown,
  options: DeploymentOptions = {},
): Promise<Deployment & { errors: unknown[] }> {
  const errors = new Set<unknown>();
  const note = (error: unknown) => errors.add(error);
  process.on("unhandledRejection", note);
  try {
    const first = once(process, "unhandledRejection");
    const deployment = await deploy(create, options);
    await first;
    // The same error comes once for each output that rests on it.
    await setImmediate();
    return { ...deployment, errors: [...errors] };
  } finally {
    process.off("unhandledRejection", note);
  }
}
