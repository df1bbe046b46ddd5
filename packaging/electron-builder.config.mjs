// How Strata is packed: `npm run package` in this folder, after `npm run build` in the one above.

/** What of the production packages is not for this system and processor, or for a compiler only. */
const NOT_SHIPPED = [
  // One package carries the prebuilds of all systems; koffi and the like install only the one they are on.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder's own placeholders
  '!node_modules/better-sqlite3/prebuilds/!(${platform}-${arch}).node',
  '!node_modules/better-sqlite3/{src,deps,build}/**',
  '!node_modules/better-sqlite3/binding.gyp',
  '!node_modules/better-sqlite3/lib/*-{x64,arm64}.js',
  '!node_modules/node-addon-api/**',
  // Electron's Linux builds are for glibc.
  '!node_modules/@koromix/*/musl*/**',
  '!node_modules/koffi/{vendor,doc,lib}/**',
  '!node_modules/koffi/cnoke.cjs',
  '!node_modules/koffi/src/**/*.{cc,hh,inc,S,asm,def}',
  '!node_modules/koffi/src/**/CMakeLists.txt',
  // What the clone's own scripts and tests run: Node itself, and msb.
  '!node_modules/node-{linux,win,darwin,bin}-*/**',
  '!node_modules/msb-*/**',
  '!node_modules/@superradcompany/**',
  '!node_modules/**/*.{d.ts,d.mts,d.cts,map,md,markdown}',
];

export default {
  appId: 'dev.strata.Strata',
  productName: 'Strata',
  copyright: 'Apache License 2.0',
  directories: { output: 'dist', buildResources: 'resources/icon' },
  // A `files` of a system's own section would bring in everything that it does not exclude.
  files: [
    'out/**',
    'package.json',
    'LICENSE',
    'resources/sample/home.tar.gz',
    'resources/icon/linux/256x256.png',
    ...NOT_SHIPPED,
  ],
  asar: true,
  // The native modules come as N-API prebuilds, the same for Node and Electron: nothing to compile.
  npmRebuild: false,
  // Only a release takes files anywhere, and the workflow does that.
  publish: null,
  protocols: [{ name: 'Strata image', schemes: ['strata'] }],
  electronLanguages: ['en', 'en-US'],
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    // Changing the binary breaks the signature it comes with, and Apple silicon runs nothing unsigned.
    resetAdHocDarwinSignature: true,
  },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder's own placeholders
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
  linux: {
    target: ['AppImage', 'deb'],
    category: 'Utility',
    icon: 'resources/icon/linux',
    executableName: 'strata-desktop',
    // Windows, notifications and the handler of links are matched to the entry by `desktopName` of package.json.
    syncDesktopName: true,
    // Debian wants somebody named; there is no mailbox to name.
    maintainer: 'The Strata contributors',
    synopsis: 'See what the microsandbox image cache holds, and take the disk back',
    desktop: {
      entry: {
        Name: 'Strata',
        GenericName: 'Image Cache Browser',
        Comment: 'See what the microsandbox image cache holds, and take the disk back',
        Categories: 'Utility;Development;',
        Keywords: 'microsandbox;msb;image;layer;cache;disk;OCI;',
      },
    },
  },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.developer-tools',
    icon: 'resources/icon/icon.icns',
    hardenedRuntime: true,
    gatekeeperAssess: false,
  },
  win: {
    target: ['nsis'],
    icon: 'resources/icon/icon.ico',
  },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    // What a person set belongs to the person: settings and the record of what was removed stay.
    deleteAppDataOnUninstall: false,
  },
};
