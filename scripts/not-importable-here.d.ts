// A folder's tsconfig maps the packages it must not import to this file. It is not a module, so such an
// import fails the type check: "…/not-importable-here.d.ts is not a module".
