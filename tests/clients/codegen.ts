import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: 'src/typed/*.ts',
  importExtension: '.js',
  generates: {
    './generated/codegen/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        // A scalar without a type of its own would be `any`, and hide what strictness should find.
        strictScalars: true,
        scalars: {
          Cursor: 'string',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          Long: 'number',
          Symbol: 'string',
          URL: 'string',
        },
      },
    },
  },
}

export default config
