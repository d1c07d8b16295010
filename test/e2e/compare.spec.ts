import { checkAccessible } from './support/check-accessible.ts';
import { checkSnapshot } from './support/check-snapshot.ts';
import { createMeasuringSession } from './support/fixed-session.ts';
import { expect, openPath, test } from './support/test.ts';

test.describe('comparisons', () => {
  test.describe('of a data directory with every kind of ending', () => {
    test.use({ scenario: 'comparisons' });

    test('are listed with their verdicts, and opened by the keyboard', async ({ screens }) => {
      await screens.getByRole('link', { name: 'Compare', exact: true }).click();
      const list = screens.getByRole('grid', { name: 'Comparisons, newest first' });
      await expect(list.getByRole('row')).toHaveCount(7);
      for (const verdict of ['FASTER', 'SLOWER', 'SAME', 'AMBIGUOUS', 'NO VERDICT', 'NOT MEASURED']) {
        await expect(list.getByText(new RegExp(`${verdict}$`)).last()).toBeVisible();
      }
      await checkAccessible(screens);
      await list.focus();
      await list.press('ArrowDown');
      await list.press('Enter');
      await expect(
        screens.getByRole('heading', { level: 1, name: 'mobilenet-v2-int8-dynamic against mobilenet-v2' }),
      ).toBeVisible();
    });

    test('answer in one sentence, with all candidates and what the answer rests on', async ({ screens }) => {
      await openPath(screens, '/measure/compare');
      await screens.getByRole('link', { name: 'resnet50-int8-static' }).click();
      await expect(screens.getByRole('region', { name: 'Verdict' })).toContainText(
        'resnet50-int8-static is ▲FASTER: 3.018× [2.972, 3.064], accuracy 75.7% [73.0, 78.3] (-0.50 points [-1.30, 0.30]), 4.0× smaller.',
      );
      await expect(screens.getByRole('table', { name: 'Candidates' }).getByRole('row')).toHaveCount(3);
      const pairs = screens.getByRole('figure', { name: 'How many times as fast is the candidate, pair by pair?' });
      await pairs.getByRole('button', { name: /^Table/ }).click();
      await expect(pairs.getByRole('row')).toHaveCount(35);
      await expect(screens.getByText('1 float island between conversions')).toBeVisible();
      await checkAccessible(screens);
      await screens.getByRole('link', { name: 'resnet50-fp16' }).click();
      await expect(screens.getByRole('region', { name: 'Verdict' })).toContainText(
        'FP16 on this processor is computed',
      );
    });

    test('say that quality is void, and why a variant is not faster', async ({ screens }) => {
      await openPath(screens, '/measure/compare');
      await screens.getByRole('link', { name: 'mobilenet-v2-int8-dynamic' }).click();
      await expect(screens.getByText('Void: do not read quality from this.')).toBeVisible();
      await expect(screens.getByRole('region', { name: 'Why it is not faster' })).toContainText('HardSwish');
      await expect(screens.getByText('The two sides ran in turn, each in processes of its own')).toBeVisible();
    });

    test('can be asked for again, and deleted', async ({ screens }) => {
      await openPath(screens, '/measure/compare');
      await screens.getByRole('link', { name: '2 threads' }).click();
      await expect(screens.getByText('1,900 more pairs would settle it, about 3 min 30 s.')).toBeVisible();
      await screens.getByRole('button', { name: 'Compare again' }).click();
      await expect(screens.getByText('Is 2 threads faster than 1 thread?')).toBeVisible();
      await screens.goBack();
      await screens.getByRole('button', { name: 'Delete' }).click();
      await screens.getByRole('button', { name: 'Delete for good' }).click();
      await expect(screens.getByRole('grid', { name: 'Comparisons, newest first' }).getByRole('row')).toHaveCount(6);
    });
  });

  test('begin with what one is, where there is none', async ({ screens }) => {
    await openPath(screens, '/compare');
    await expect(screens.getByText('Nothing has been compared yet.')).toBeVisible();
    await checkAccessible(screens);
    await openPath(screens, '/measure/compare/cmp_0000000000000000');
    await expect(screens.getByRole('heading', { name: 'No such comparison' })).toBeVisible();
  });
});

test.describe('a new comparison', () => {
  test('takes models from the address, and sizes and fields that are not right are asked for', async ({ screens }) => {
    await openPath(screens, '/compare?baseline=resnet50&candidate=mobilenet-v2');
    await expect(screens.getByText('Is mobilenet-v2 faster than resnet50?')).toBeVisible();
    await expect(screens.getByLabel('Command that compares the same')).toContainText('compare resnet50 mobilenet-v2');
    const batch = screens.getByRole('textbox', { name: 'Batch' });
    await batch.fill('none');
    await expect(screens.getByText('Give a whole number from 1 on.')).toBeVisible();
    await expect(screens.getByRole('button', { name: 'Compare', exact: true })).toBeDisabled();
    await batch.fill('2');
    await screens.getByRole('button', { name: 'Add a candidate' }).click();
    await expect(screens.getByText('Choose a model for each side.')).toBeVisible();
    await checkAccessible(screens);
    await screens.getByRole('button', { name: 'Remove candidate 2' }).click();
    await expect(screens.getByRole('button', { name: 'Compare', exact: true })).toBeEnabled();
  });

  test.describe('of a stored result', () => {
    test.use({ scenario: 'finished-runs' });

    test('has its configuration as the baseline', async ({ screens }) => {
      await openPath(screens, '/measure/results');
      await screens.getByRole('main').getByRole('link', { name: 'resnet50' }).last().click();
      await screens.getByRole('link', { name: 'Compare with …' }).click();
      const baseline = screens.getByRole('group', { name: 'Baseline' });
      await expect(baseline.getByRole('combobox', { name: 'Model' })).toHaveValue('resnet50');
      await expect(screens.getByRole('textbox', { name: 'Batch' })).toHaveValue('16');
    });

    test('is not needed to set two of them against each other', async ({ screens }) => {
      await openPath(screens, '/measure/compare/stored');
      for (const [side, index] of [
        ['Baseline', 1],
        ['Candidate', 2],
      ] as const) {
        await screens.getByRole('combobox', { name: side }).click();
        await screens.getByRole('option').nth(index).click();
      }
      await expect(screens.getByRole('region', { name: 'Verdict' })).toContainText('not paired');
      await checkAccessible(screens);
    });
  });

  test.describe('while something is measured', { tag: '@web' }, () => {
    test.use({ session: createMeasuringSession() });

    test('waits', async ({ screens }) => {
      await openPath(screens, '/compare?baseline=resnet50&candidate=mobilenet-v2');
      await expect(screens.getByText('A measurement is running on this machine.')).toBeVisible();
      await expect(screens.getByRole('button', { name: 'Compare', exact: true })).toBeDisabled();
    });
  });

  test.describe('of real parts', { tag: '@web' }, () => {
    test.use({ machine: 'real' });
    test.setTimeout(180_000);

    test('is measured, followed from other screens, and stored', async ({ screens }) => {
      await openPath(screens, '/compare?baseline=mlp-tabular&candidate=mlp-tabular');
      await screens.getByRole('group', { name: 'Baseline' }).getByRole('textbox', { name: 'Threads' }).fill('1');
      await screens
        .getByRole('group', { name: 'Candidate', exact: true })
        .getByRole('textbox', { name: 'Threads' })
        .fill('2');
      await screens.getByRole('textbox', { name: /Longest time/ }).fill('2');
      await screens.getByRole('button', { name: 'Compare', exact: true }).click();
      await expect(screens.getByRole('list', { name: 'Stages' })).toBeVisible();
      await screens.getByRole('link', { name: 'Machines' }).click();
      await expect(screens.getByRole('status').getByText(/comparing|preparing/)).toBeVisible();
      await screens.getByRole('link', { name: /comparing|preparing/ }).click();
      await expect(
        screens.getByRole('heading', { level: 1, name: 'mlp-tabular: 2 threads against 1 thread' }),
      ).toBeVisible({ timeout: 120_000 });
      await expect(screens.getByRole('region', { name: 'Verdict' })).toContainText(/FASTER|SLOWER|SAME|AMBIGUOUS/);
      await expect(screens.getByRole('heading', { name: 'Kernels that ran' })).toBeVisible();
      await expect(screens.getByRole('table', { name: 'Operators of the candidate' })).toBeVisible();
      await expect(screens.getByLabel('The command that repeats this comparison')).toContainText('compare');
    });

    test('is cancelled, and says so', async ({ screens }) => {
      await openPath(screens, '/compare?baseline=mlp-tabular&candidate=mlp-tabular');
      await screens.getByRole('button', { name: 'Compare', exact: true }).click();
      await screens.getByRole('main').getByRole('button', { name: 'Cancel' }).click();
      await screens.getByRole('button', { name: 'Cancel the comparison' }).click();
      await expect(screens.getByRole('heading', { name: 'The comparison was cancelled' })).toBeVisible();
      await expect(screens.getByRole('button', { name: 'Compare again' })).toBeEnabled();
    });
  });
});

test.describe('pictures', { tag: '@web' }, () => {
  test.use({ scenario: 'comparisons', clock: 'frozen' });

  test('the list of comparisons', async ({ screens }) => {
    await openPath(screens, '/measure/compare');
    await expect(screens.getByRole('row')).toHaveCount(7);
    await checkSnapshot(screens, 'comparisons');
  });

  for (const [picture, name] of [
    ['comparison-faster', 'resnet50-int8-static'],
    ['comparison-no-verdict', 'resnet50-fp16'],
    ['comparison-ambiguous', '2 threads'],
  ] as const) {
    test(`a comparison: ${picture}`, async ({ screens }) => {
      await openPath(screens, '/measure/compare');
      await screens.getByRole('link', { name }).click();
      await expect(screens.getByRole('img', { name: /pairs, speed-up from/ })).toBeVisible();
      if (picture !== 'comparison-ambiguous') {
        await expect(screens.getByRole('table', { name: 'Candidates' }).getByRole('row')).toHaveCount(3);
      }
      await checkSnapshot(screens, picture);
    });
  }

  test('a new comparison', async ({ screens }) => {
    await openPath(screens, '/compare?baseline=resnet50&candidate=mobilenet-v2');
    await expect(screens.getByText('Is mobilenet-v2 faster than resnet50?')).toBeVisible();
    await expect(screens.getByLabel('Command that compares the same')).toBeVisible();
    await checkSnapshot(screens, 'comparison-new');
  });
});
