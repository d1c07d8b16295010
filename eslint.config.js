import eslintReact from '@eslint-react/eslint-plugin';
import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Bans what makes a pure function depend on the moment or on chance; both are arguments there. */
const impure = [
  ['Date', 'now', 'Take the clock as an argument.'],
  ['Math', 'random', 'Take the random generator as an argument.'],
  ['performance', 'now', 'Take the clock as an argument.'],
  ['process', 'hrtime', 'Take the clock as an argument.'],
].map(([object, property, message]) => ({ object, property, message }));

const erasable = {
  selector: 'TSEnumDeclaration',
  message: 'Use a union of literals: Node strips types and does not compile enums.',
};

/** `values[index]!` says that the index is in bounds; anywhere else `!` hides a case. */
const assertionOutsideIndexing = {
  selector: "TSNonNullExpression:not([expression.type='MemberExpression'][expression.computed=true])",
  message: 'Handle the missing value; "!" is for an index that is in bounds.',
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'src/core/onnx/gen/', 'test/fixtures/', '.venv-perf/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // Numbers are what this application prints; they need no ceremony in a template.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `process.on('SIGTERM', () => stop())` reads better than a block.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `text || null` turns an empty text into null on purpose.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // `await using _lock = ...` holds something until the end of the scope.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Objects are closures over their state, not instances: taking a function out of one loses nothing.
      '@typescript-eslint/unbound-method': 'off',
      // Branded ids and readings are plain data; a type alias of an object schema is the house's form.
      '@typescript-eslint/consistent-type-definitions': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': ['error', erasable, assertionOutsideIndexing],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'start' }],
    },
  },
  {
    name: 'house/pure',
    files: ['src/core/stats/**/*.ts', 'src/core/cost/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...impure],
      'no-restricted-syntax': [
        'error',
        erasable,
        assertionOutsideIndexing,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take the clock as an argument.',
        },
        { selector: "CallExpression[callee.name='Date']", message: 'Take the clock as an argument.' },
      ],
    },
  },
  {
    name: 'house/screens',
    files: ['src/renderer/**/*.ts', 'src/renderer/**/*.tsx'],
    extends: [
      eslintReact.configs['strict-type-checked'],
      reactHooks.configs.flat['recommended-latest'],
      jsxA11y.flatConfigs.strict,
    ],
  },
  {
    name: 'house/terminal',
    files: ['src/cli/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    name: 'house/tests',
    files: ['test/**/*.ts'],
    // A fixture is known to be there.
    rules: { 'no-restricted-syntax': ['error', erasable] },
  },
  {
    name: 'house/javascript',
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', module: 'writable' } },
  },
);
