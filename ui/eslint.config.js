import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Fields of the core's views in which a device's own words may stand. Names are checked by the core and hold none. */
const DEVICE_TEXT = /^(words|evidence|sentence|fact|detail|object|comment)$/;

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/bindings.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "Device text is hostile: it is rendered as text, never as markup.",
        },
        ...[
          ":matches(JSXElement, JSXFragment) > JSXExpressionContainer > MemberExpression",
          ":matches(JSXElement, JSXFragment) > JSXExpressionContainer > TemplateLiteral > MemberExpression",
          ":matches(JSXElement, JSXFragment) > JSXExpressionContainer > LogicalExpression > MemberExpression.right",
          ":matches(JSXElement, JSXFragment) > JSXExpressionContainer > LogicalExpression > TemplateLiteral > MemberExpression",
          ":matches(JSXElement, JSXFragment) > JSXExpressionContainer > ConditionalExpression > MemberExpression",
          ":matches(JSXElement, JSXFragment) > JSXExpressionContainer > ConditionalExpression > TemplateLiteral > MemberExpression",
        ].map((place) => ({
          selector: `${place}[property.name=${String(DEVICE_TEXT)}]`,
          message: "This may hold a device's own words: show it with SafeText.",
        })),
      ],
    },
  },
  { files: ["**/*.{ts,tsx}"], ...reactHooks.configs.flat["recommended-latest"] },
  {
    // Only says what the React Compiler would leave alone; the window is built without it.
    files: ["**/*.{ts,tsx}"],
    rules: { "react-hooks/incompatible-library": "off" },
  },
  {
    // A refusal crosses the boundary as a plain object; the in-memory core does the same.
    files: ["src/fake/**/*.ts"],
    rules: {
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
    },
  },
  {
    // The window asks the core through src/api only.
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/api/**", "src/fake/**", "src/test/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@tauri-apps/*"], message: "Only src/api talks to the core." }] },
      ],
    },
  },
);
