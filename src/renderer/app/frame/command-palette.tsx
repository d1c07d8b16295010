import { Spotlight } from '@mantine/spotlight';
import { useCommands } from './use-commands.ts';

/** Ctrl/Cmd+K: every action of the application by its name. */
export function CommandPalette() {
  const commands = useCommands();
  return (
    <Spotlight
      actions={commands.map(({ id, label, description, keywords, run }) => ({
        id,
        label,
        ...(description === undefined ? {} : { description }),
        ...(keywords === undefined ? {} : { keywords }),
        onClick: run,
      }))}
      highlightQuery
      limit={12}
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      nothingFound="No action has this name."
      scrollable
      searchProps={{
        placeholder: 'Search screens, models and actions',
        'aria-label': 'Search screens, models and actions',
      }}
      shortcut="mod + K"
      // The shortcut types nothing, so it may be had from any field.
      tagsToIgnore={[]}
      triggerOnContentEditable
    />
  );
}
