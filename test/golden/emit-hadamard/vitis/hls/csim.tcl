# hadamard: csim with Vitis HLS, for xc7vx690tffg1761-2 at 4 ns.
# Written by fastmamba for model example, plan 0123abcd.
# Run in the project's folder: vitis_hls -f vitis/hls/csim.tcl, where that program is not there any more vitis-run --mode hls --tcl vitis/hls/csim.tcl
# Simulation runs the script vectors/script.txt; set FASTMAMBA_SCRIPT to another.
# No path stands in a flag or an argument, where one with spaces would be several: sources find each other from where they are, and the
# testbench takes the script's name from the environment.
if {![info exists ::env(FASTMAMBA_SCRIPT)]} {
  set ::env(FASTMAMBA_SCRIPT) [file join [pwd] vectors script.txt]
}
set flags -std=c++14

open_project -reset build_csim
set_top fastmamba_hadamard
foreach file [lsort [glob kernel/*.cpp]] {
  add_files $file -cflags $flags
}
foreach file [lsort [glob testbench/*.cpp]] {
  add_files -tb $file -cflags $flags
}
open_solution -reset solution -flow_target vivado
set_part {xc7vx690tffg1761-2}
create_clock -period 4
csim_design -argv "--mode region"
exit
