package dev.ridgepoint.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads NumPy 1.0 files of two-dimensional little-endian f4 or f8 arrays in C order. */
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '<(f[48])', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\), \\}\\s*");

  private NpyFile() {}

  /** The elements, row by row, widened to double. */
  public static double[][] read(Path path) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    bytes.get(magic);
    byte[] header = new byte[Short.toUnsignedInt(bytes.getShort())];
    bytes.get(header);
    Matcher fields = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
    if (!Arrays.equals(magic, MAGIC) || !fields.matches()) {
      throw new IOException(path + " is no 2-D f4 or f8 array in NumPy format 1.0");
    }
    boolean isDouble = fields.group(1).equals("f8");
    int rowCount = Integer.parseInt(fields.group(2));
    double[][] rows = new double[rowCount][Integer.parseInt(fields.group(3))];
    for (double[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = isDouble ? bytes.getDouble() : bytes.getFloat();
      }
    }
    if (bytes.hasRemaining()) {
      throw new IOException(path + " is longer than its shape");
    }
    return rows;
  }
}
