package dev.ridgepoint.bench.code;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns what HotSpot prints of a method into instructions: hsdis has done so already where the JVM
 * finds it, else objdump does.
 */
public final class Disassembler {
  private static final Pattern MACHINE_CODE =
      Pattern.compile("\\[MachCode]\\n(.*?)\\[/MachCode]", Pattern.DOTALL);

  /** Bytes in the order of memory, in groups; comments stand behind a semicolon. */
  private static final Pattern BYTES = Pattern.compile("(?m)^ +0x[0-9a-f]+:([^;\\n]*)");

  private final InstructionSet set;
  private final String objdump;

  /** Disassembles code of {@code set} with the objdump on the PATH. */
  public Disassembler(InstructionSet set) {
    this(set, "objdump");
  }

  Disassembler(InstructionSet set, String objdump) {
    this.set = set;
    this.objdump = objdump;
  }

  /** The code's instruction set. */
  InstructionSet instructionSet() {
    return set;
  }

  /**
   * The instructions of a method.
   *
   * @throws IOException whose message says in one line what is missing, and where to get it
   */
  List<Instruction> instructions(CompiledMethod method) throws IOException {
    Matcher code = MACHINE_CODE.matcher(method.listing());
    return Instruction.parse(code.find() ? disassemble(bytes(code.group(1))) : method.listing());
  }

  private static byte[] bytes(String machineCode) {
    StringBuilder digits = new StringBuilder();
    BYTES
        .matcher(machineCode)
        .results()
        .forEach(line -> digits.append(line.group(1).replaceAll("[^0-9a-f]", "")));
    return HexFormat.of().parseHex(digits);
  }

  private String disassemble(byte[] code) throws IOException {
    Path file = Files.createTempFile("ridge-code", ".bin");
    try {
      Files.write(file, code);
      List<String> command =
          List.of(
              objdump,
              "-D",
              "-b",
              "binary",
              "-m",
              set.objdumpName(),
              "--no-show-raw-insn",
              file.toString());
      return run(command);
    } finally {
      Files.delete(file);
    }
  }

  private String run(List<String> command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException(
          objdump + " is not on the PATH: install GNU binutils, or hsdis into the JDK's lib folder",
          e);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            "%s cannot disassemble %s, GNU binutils can: %s"
                .formatted(objdump, set, output.lines().findFirst().orElse("")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while disassembling", e);
    }
    return output;
  }
}
