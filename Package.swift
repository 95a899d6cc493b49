// swift-tools-version: 6.2
import PackageDescription

// The device model is built twice from the same sources: as ordinary Swift for the tests, and as Embedded
// Swift for the plug-in that QEMU loads, which then needs nothing but libc. scripts/build-plugin sets the
// variable and a scratch path of its own.
let isEmbedded = Context.environment["GRACE_EMBEDDED"] == "1"

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
// A section for each function, so that the linker can leave out those that nobody calls.
let embedded: [SwiftSetting] = [
  .enableExperimentalFeature("Embedded"), .unsafeFlags(["-Xfrontend", "-function-sections"]),
]
let pluginSettings = strict + (isEmbedded ? embedded : [])
// What runs once, when a device or a table is made, has to be small. The accesses of a guest are generic over the host,
// so they are compiled with the plug-in, for speed.
let modelSettings = pluginSettings + (isEmbedded ? [.unsafeFlags(["-Osize"])] : [])

// One exported symbol, nothing undefined but what libc has, and no code that nobody calls.
let pluginLinkerFlags = [
  "-z", "defs", "--version-script=\(Context.packageDirectory)/Sources/GracePlugin/exports.map",
  "--gc-sections", "-s",
  // Sources/GracePlugin/Reserve.swift
  "--wrap=posix_memalign", "--wrap=free",
]

var products: [Product] = [
  .library(name: "grace-gpu", type: .dynamic, targets: ["GracePlugin"])
]
var dependencies: [Package.Dependency] = []
var targets: [Target] = [
  .target(name: "CQemuBridge", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
  .target(name: "GraceDeviceModel", swiftSettings: modelSettings),
  .target(name: "GraceFirmware", dependencies: ["GraceDeviceModel"], swiftSettings: modelSettings),
  .target(
    name: "GracePlugin",
    dependencies: ["CQemuBridge", "GraceDeviceModel", "GraceFirmware"],
    exclude: ["exports.map"],
    swiftSettings: pluginSettings,
    linkerSettings: isEmbedded
      ? [.unsafeFlags(["-use-ld=lld"] + pluginLinkerFlags.flatMap { ["-Xlinker", $0] })] : []),
]

if !isEmbedded {
  products += [
    .executable(name: "grace-boot", targets: ["grace-boot"]),
    .executable(name: "gracectl", targets: ["gracectl"]),
    .executable(name: "grace-bench", targets: ["grace-bench"]),
  ]
  dependencies = [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ]
  targets += [
    .target(
      name: "GraceGuest",
      dependencies: [
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "grace-boot",
      dependencies: [
        "GraceGuest",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    // Judges what GraceFirmware builds, so it shares nothing with it; a test reads this file for that.
    .target(name: "GraceConformance", swiftSettings: strict),
    .target(name: "SVGDrawing", swiftSettings: strict),
    .executableTarget(
      name: "gracectl",
      dependencies: [
        "GraceConformance", "GraceDeviceModel", "GraceFirmware", "SVGDrawing",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    // What benchmarks measured, and how it is shown.
    .target(name: "GraceBench", dependencies: ["SVGDrawing"], swiftSettings: strict),
    .executableTarget(
      name: "grace-bench",
      dependencies: [
        "GraceBench", "GraceGuest",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .testTarget(name: "GraceBenchTests", dependencies: ["GraceBench", "SVGDrawing"], swiftSettings: strict),
    .testTarget(
      name: "GraceDeviceModelTests", dependencies: ["GraceDeviceModel", "GraceGuest"], swiftSettings: strict),
    .testTarget(name: "GraceFirmwareTests", dependencies: ["GraceFirmware"], swiftSettings: strict),
    .testTarget(
      name: "GracePluginTests", dependencies: ["GracePlugin", "CQemuBridge"], swiftSettings: strict),
    .testTarget(
      name: "GraceGuestTests",
      dependencies: [
        "GraceGuest", "grace-boot", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GraceConformanceTests",
      dependencies: [
        "GraceConformance", "gracectl", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GraceTableTests",
      dependencies: [
        "GraceConformance", "GraceDeviceModel", "GraceFirmware", "gracectl",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "GuestTests",
      dependencies: [
        "GraceConformance", "GraceGuest", "grace-boot", "gracectl",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
  ]
}

let package = Package(
  name: "grace-gpu",
  products: products,
  dependencies: dependencies,
  targets: targets,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11)
