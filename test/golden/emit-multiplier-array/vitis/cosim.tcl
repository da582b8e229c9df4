# multiplier_array: cosim with Vitis HLS, for xc7vx690tffg1761-2 at 4 ns.
# Written by fastmamba for model example, plan 0123abcd.
# Run in the project's folder: vitis_hls -f vitis/cosim.tcl
# Simulation runs the script vectors/script.txt; set FASTMAMBA_SCRIPT to another.
set script [expr {[info exists ::env(FASTMAMBA_SCRIPT)] ? $::env(FASTMAMBA_SCRIPT) : "[pwd]/vectors/script.txt"}]
set flags "-std=c++14 -I[pwd]/kernel"
set bench_flags "$flags -I[pwd]/testbench -I[pwd]/csim/vendor"

open_project -reset build_cosim
set_top fastmamba_multiplier_array
foreach file [lsort [glob kernel/*.cpp]] {
  add_files $file -cflags $flags
}
foreach file [lsort [glob testbench/*.cpp]] {
  add_files -tb $file -cflags $bench_flags
}
open_solution -reset solution -flow_target vivado
set_part {xc7vx690tffg1761-2}
create_clock -period 4
# A pipeline that waits for its next word lets out what it has computed (see README.md); older versions know `frp` only.
if {[catch {config_compile -pipeline_style flp}]} {
  catch {config_compile -pipeline_style frp}
}
csynth_design
cosim_design -argv "$script --mode region"
exit
