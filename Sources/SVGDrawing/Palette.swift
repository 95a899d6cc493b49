// SPDX-License-Identifier: GPL-2.0-or-later

/// The colours that all pictures share.
public enum Palette {
  /// The background.
  public static let paper = "#ffffff"
  /// Text.
  public static let ink = "#1b2733"
  /// Text beside what matters.
  public static let faint = "#5d6b78"
  /// Lines between things.
  public static let line = "#8794a0"
  /// Where there is nothing.
  public static let none = "#d9dee3"
}
