import { Button, TextInput } from '@mantine/core';
import type { RecipeAdvice } from '../../../../shared/domain/recipe-advice.ts';
import { desktop } from '../../../transport/desktop.ts';
import classes from './quantize.module.css';

interface CalibrationFieldProps {
  name: string;
  value: string;
  /** What calibrates where no data is given. */
  otherwise: RecipeAdvice['calibration'];
  onChange: (place: string) => void;
}

/** Where the calibration data is, and what the variant is worth without any. */
export function CalibrationField({ name, value, otherwise, onChange }: CalibrationFieldProps) {
  const bridge = desktop;
  const choose = async (): Promise<void> => {
    const place = await bridge?.chooseDataFile();
    if (place != null) onChange(place);
  };
  return (
    <div className={classes.calibration}>
      <TextInput
        description={`${bridge === null ? 'Path on the machine that runs Inferometer: a' : 'A'} folder with test_data_set_* folders, an .npy or .npz file, or a .csv file. 100 real samples and more; at most 256 are used.`}
        label="Calibration data"
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        placeholder="/home/me/data/calibration.npz"
        rightSection={
          bridge !== null && (
            <Button mr={4} onClick={() => void choose()} size="compact-xs" variant="default">
              Choose
            </Button>
          )
        }
        rightSectionWidth={bridge === null ? 0 : 76}
        spellCheck={false}
        value={value}
      />
      {value.trim() === '' && (
        <p className={otherwise === 'generated' ? classes.caution : classes.hint}>
          {otherwise === 'generated'
            ? 'Without data, inputs are generated: the variant then tells of speed only, and its quality is void.'
            : `Without data, the samples that ${name} was trained with are used; those held out judge its quality.`}
        </p>
      )}
    </div>
  );
}
