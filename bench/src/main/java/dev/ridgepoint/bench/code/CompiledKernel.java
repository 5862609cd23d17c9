package dev.ridgepoint.bench.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A method whose compiled code multiplies and adds vectors in a loop.
 *
 * @param method class and method, {@code a.b.C::m}
 * @param loops its innermost loops, at least one, the one with most multiply-adds first
 */
public record CompiledKernel(String method, List<MultiplyAddLoop> loops) {

  /**
   * The kernels among compiled methods: of each its last version, a normal one if there is. The
   * first was compiled first, and so is the one whose loop turned most.
   *
   * @throws IOException whose message says in one line why there are no instructions
   */
  public static List<CompiledKernel> of(List<CompiledMethod> versions, Disassembler disassembler)
      throws IOException {
    Map<String, List<CompiledMethod>> methods = new LinkedHashMap<>();
    versions.forEach(
        version -> methods.computeIfAbsent(version.name(), _ -> new ArrayList<>()).add(version));
    List<CompiledKernel> kernels = new ArrayList<>();
    for (List<CompiledMethod> each : methods.values()) {
      CompiledKernel kernel = null;
      boolean normal = false;
      for (CompiledMethod version : each) {
        List<MultiplyAddLoop> loops =
            MultiplyAddLoop.innermost(
                disassembler.instructions(version), disassembler.instructionSet());
        if (!loops.isEmpty() && (!normal || !version.onStackReplacement())) {
          kernel = new CompiledKernel(version.name(), loops);
          normal = !version.onStackReplacement();
        }
      }
      if (kernel != null) {
        kernels.add(kernel);
      }
    }
    return kernels;
  }

  /** The loop that counts: where the multiply-adds are. */
  public MultiplyAddLoop mainLoop() {
    return loops.getFirst();
  }
}
