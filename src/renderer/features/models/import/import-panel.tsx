import { Button, FileButton, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { Panel } from '../../../components/page.tsx';
import { desktop } from '../../../transport/desktop.ts';
import classes from './import.module.css';
import { ImportList } from './import-list.tsx';
import { clearEndedImports, importFiles, importPath } from './import-queue.ts';

/** Every way in which a model gets here. */
export function ImportPanel({ dragging, onClose }: { dragging: boolean; onClose: () => void }) {
  const close = (): void => {
    clearEndedImports();
    onClose();
  };
  return (
    <Panel
      title="Import a model"
      actions={
        <Button onClick={close} size="compact-sm" variant="default">
          Close
        </Button>
      }
    >
      <div className={classes.ways}>
        <div className={classes.drop} data-dragging={dragging || undefined}>
          <p>{dragging ? 'Let go to import.' : 'Drop .onnx files here, or anywhere on this screen.'}</p>
          <ChooseFiles />
          <p className={classes.hint}>
            {desktop === null
              ? 'A file is copied to the machine that runs Inferometer and checked there. At most 2 GiB each.'
              : 'Files stay where they are. They are checked before they are listed.'}
          </p>
        </div>
        <PathForm />
      </div>
      <ImportList />
    </Panel>
  );
}

function ChooseFiles() {
  const bridge = desktop;
  const buttonRef = useRef<HTMLButtonElement>(null);
  // Whoever opened the import goes on from here.
  useEffect(() => buttonRef.current?.focus(), []);
  if (bridge !== null) {
    const choose = async (): Promise<void> => {
      const path = await bridge.chooseModelFile();
      if (path !== null) importPath(path, null);
    };
    return (
      <Button onClick={() => void choose()} ref={buttonRef} variant="default">
        Choose a file
      </Button>
    );
  }
  return (
    <FileButton accept=".onnx" multiple onChange={importFiles}>
      {(props) => (
        <Button {...props} ref={buttonRef} variant="default">
          Choose files
        </Button>
      )}
    </FileButton>
  );
}

function PathForm() {
  const [path, setPath] = useState('');
  const [name, setName] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (path.trim() === '') return;
    importPath(path.trim(), name.trim() === '' ? null : name.trim());
    setPath('');
    setName('');
  };
  return (
    <form className={classes.path} onSubmit={submit}>
      <TextInput
        description="Path on the machine that runs Inferometer. The file stays there; external data lies beside it."
        label="Path of an .onnx file"
        onChange={({ currentTarget }) => setPath(currentTarget.value)}
        placeholder="/home/me/models/detector.onnx"
        spellCheck={false}
        value={path}
      />
      <TextInput
        label="Name (optional)"
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        placeholder="by default that of the file"
        spellCheck={false}
        value={name}
      />
      <Button disabled={path.trim() === ''} type="submit" variant="default">
        Import
      </Button>
    </form>
  );
}
