import { readConfig } from "../../config";
import { clearConfiguration, configure } from "../configuration";
import { refuse } from "../mocks";
import { wrongConfigurations } from "../validation/cases";

/** What is said of every wrong configuration, by its title. */
export async function listMessages(): Promise<Record<string, string>> {
  const messages: Record<string, string> = {};
  for (const { title, keys } of wrongConfigurations) {
    configure(keys);
    const { error } = await refuse(readConfig);
    messages[title] = error instanceof Error ? error.message : String(error);
  }
  clearConfiguration();
  return messages;
}
