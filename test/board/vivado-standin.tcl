# Stands in for Vivado: the commands that the board's Tcl may call, each with the options it has; block designs as far as cells, pins, nets and
# addresses go; everything else is an error. Prints what a design came to, a fact a line, tab-separated.
#
# `ips`, `parameters` and `pins` say what IPs there are, which parameters each has and which pins follow from them. What a parameter may be set to
# is the caller's to know: `explained` has a value for every parameter of every cell; one that is not there, or is otherwise, is refused.

namespace eval standin {
  variable version 2023.2
  variable ips {
    xdma 4.1 mig_7series 4.2 axi_interconnect 2.1 proc_sys_reset 5.0 clk_wiz 6.0 util_ds_buf 2.2
  }
  variable parameters {
    xdma {mode_selection pcie_blk_locn pl_link_cap_max_link_width pl_link_cap_max_link_speed axi_data_width axisten_freq pf0_device_id
      xdma_axi_intf_mm xdma_rnum_chnl xdma_wnum_chnl xdma_num_usr_irq axilite_master_en axilite_master_scale axilite_master_size
      pciebar2axibar_axil_master}
    mig_7series {XML_INPUT_FILE MIG_DONT_TOUCH_PARAM RESET_BOARD_INTERFACE Component_Name}
    axi_interconnect {NUM_SI NUM_MI}
    proc_sys_reset {C_EXT_RESET_HIGH C_AUX_RESET_HIGH}
    clk_wiz {PRIM_SOURCE PRIM_IN_FREQ CLKOUT1_REQUESTED_OUT_FREQ USE_RESET}
    util_ds_buf {C_BUF_TYPE}
    port {FREQ_HZ POLARITY}
  }
  variable explained {}
  # Of cells: their IP or module. Of pins: direction (I or O; S or M of an interface). Of nets: what drives a pin.
  array set cell {}
  array set value {}
  array set pin {}
  array set driver {}
  array set map {}
  variable open {}
  variable files {}
  variable properties {}

  proc fact {args} { puts [join $args "\t"] }
  proc fail {text} { error "standin: $text" }

  # Splits arguments into options and the rest: `flags` stand alone, `valued` take the next argument.
  proc options {command arguments flags valued} {
    set found {}
    set rest {}
    for {set i 0} {$i < [llength $arguments]} {incr i} {
      set one [lindex $arguments $i]
      if {[lsearch -exact $flags $one] >= 0} { dict set found $one 1
      } elseif {[lsearch -exact $valued $one] >= 0} { incr i; dict set found $one [lindex $arguments $i]
      } elseif {[string match {-[a-z]*} $one]} { fail "$command: unknown option $one"
      } else { lappend rest $one }
    }
    return [list $found $rest]
  }

  # The pins of a cell by its IP: as many interfaces as its parameters say.
  proc pins_of {name} {
    variable cell
    variable value
    switch $cell($name) {
      xdma { return {sys_clk I sys_rst_n I axi_aclk O axi_aresetn O usr_irq_req I usr_irq_ack O user_lnk_up O pcie_mgt M M_AXI M M_AXI_LITE M} }
      mig_7series { return {sys_clk_i I clk_ref_i I sys_rst I aresetn I ui_clk O ui_clk_sync_rst O mmcm_locked O init_calib_complete O DDR3 M S_AXI S} }
      proc_sys_reset { return {slowest_sync_clk I ext_reset_in I aux_reset_in I mb_debug_sys_rst I dcm_locked I peripheral_aresetn O interconnect_aresetn O peripheral_reset O mb_reset O bus_struct_reset O} }
      clk_wiz { return {clk_in1 I clk_out1 O locked O} }
      util_ds_buf {
        if {$value($name,C_BUF_TYPE) eq "BUFG"} { return {BUFG_I I BUFG_O O} }
        return {CLK_IN_D S IBUF_OUT O IBUF_DS_ODIV2 O}
      }
      axi_interconnect {
        set found {ACLK I ARESETN I}
        foreach {count side} [list $value($name,NUM_SI) S $value($name,NUM_MI) M] {
          if {$count < 1 || $count > 16} { fail "$name: $count interfaces" }
          for {set i 0} {$i < $count} {incr i} {
            set at $side[format %02d $i]
            lappend found ${at}_ACLK I ${at}_ARESETN I ${at}_AXI $side
          }
        }
        return $found
      }
      default { return $::standin::modules($cell($name)) }
    }
  }
  # Inputs that may stay open.
  variable optional {mb_debug_sys_rst aux_reset_in}

  # Pins and interfaces of a module of our own, from the attributes of its ports.
  array set modules {}
  proc read_module {path} {
    variable modules
    set channel [open $path]
    set text [read $channel]
    close $channel
    if {![regexp {\nmodule (\w+) } $text -> name]} { return }
    set found {}
    set attributed {}
    foreach {line info declaration} [regexp -all -inline {\(\* X_INTERFACE_INFO = "([^"]*)"[^\n]*\n\s*((?:in|out)put\s+wire[^\n]*)} $text] {
      lassign $info definition interface role
      regexp {(\w+),?$} [string trim [regsub {\s*//.*} $declaration {}]] -> port
      lappend attributed $port
      set direction [expr {[string match output* $declaration] ? "O" : "I"}]
      if {[string match *aximm* $definition]} {
        if {$role eq "ARADDR" || $role eq "AWADDR"} { dict set found $interface [expr {$direction eq "O" ? "M" : "S"}] }
        if {$port ne "${interface}_[string tolower $role]"} { fail "$path: $port is $role of $interface" }
      } else { dict set found $port $direction }
    }
    foreach {line direction port} [regexp -all -inline -line {^  (input|output)\s+wire (\w+),?(?:\s*//.*)?$} $text] {
      if {[lsearch -exact $attributed $port] < 0} { dict set found $port [expr {$direction eq "output" ? "O" : "I"}] }
    }
    set modules($name) $found
  }

  proc add_cell {name kind} {
    variable cell
    if {[info exists cell($name)]} { fail "two cells $name" }
    set cell($name) $kind
    foreach {end direction} [pins_known $name] { set ::standin::pin($name/$end) $direction }
  }
  # Before its parameters are known an interconnect or a buffer has no pins.
  proc pins_known {name} {
    variable cell
    if {[lsearch -exact {axi_interconnect util_ds_buf} $cell($name)] >= 0} { return {} }
    return [pins_of $name]
  }

  proc set_parameter {object name given} {
    variable cell
    variable value
    variable parameters
    variable explained
    if {![string match CONFIG.* $name]} { fail "$object: unknown property $name" }
    set short [string range $name 7 end]
    set kind [expr {[info exists cell($object)] ? $cell($object) : "port"}]
    if {![dict exists $parameters $kind] || [lsearch -exact [dict get $parameters $kind] $short] < 0} {
      fail "$object: $kind has no parameter $short"
    }
    if {![dict exists $explained $object $short]} { fail "$object: nothing explains parameter $short" }
    if {[dict get $explained $object $short] ne $given} {
      fail "$object: $short is $given, explained is [dict get $explained $object $short]"
    }
    set value($object,$short) $given
  }
}

proc version {args} { return $::standin::version }
proc create_project {args} {
  lassign [standin::options create_project $args {-force -in_memory} {-part}] options rest
  if {![dict exists $options -part]} { standin::fail "create_project without a part" }
  set ::standin::open [lindex $rest 0]
  standin::fact project $::standin::open [dict get $options -part]
}
proc close_project {} { set ::standin::open {} }
proc current_project {} { return project }
proc current_fileset {} { return sources_1 }
proc update_compile_order {args} { standin::options update_compile_order $args {} {-fileset} }
proc update_ip_catalog {} {}
proc get_board_parts {args} { standin::options get_board_parts $args {-quiet} {}; return xilinx.com:vc709:part0:1.8 }
proc add_files {args} {
  lassign [standin::options add_files $args {-norecurse} {-fileset}] options rest
  foreach path [concat {*}$rest] {
    if {![file isfile $path]} { standin::fail "add_files: no $path" }
    if {[lsearch -exact $::standin::files $::standin::open:$path] >= 0} { standin::fail "add_files: $path twice" }
    lappend ::standin::files $::standin::open:$path
    standin::fact file $::standin::open $path
    if {[string match *.v $path]} { standin::read_module $path }
  }
}
proc get_files {args} { return $args }
proc make_wrapper {args} {
  lassign [standin::options make_wrapper $args {-top -import} {-files}] options rest
  if {[dict get $options -files] ne "board.bd"} { standin::fail "make_wrapper: [dict get $options -files]" }
}
proc set_property {args} {
  lassign [standin::options set_property $args {} {-dict}] options rest
  if {[dict exists $options -dict]} { set pairs [dict get $options -dict]; set object [lindex $rest 0]
  } else { set pairs [lrange $rest 0 1]; set object [lindex $rest 2] }
  if {$object eq {}} { standin::fail "set_property: no object for $pairs" }
  foreach {name given} $pairs {
    switch $object {
      project - sources_1 - core - device {
        if {[lsearch -exact {top board_part ip_repo_paths name version display_name PROGRAM.FILE} $name] < 0} { standin::fail "$object: unknown property $name" }
        if {$name eq "top"} { standin::fact top $::standin::open $given }
      }
      default { standin::set_parameter $object $name $given }
    }
  }
  if {[info exists ::standin::cell($object)]} {
    foreach {end direction} [standin::pins_of $object] { set ::standin::pin($object/$end) $direction }
  }
}
namespace eval ipx {
  proc package_project {args} {
    lassign [standin::options package_project $args {-import_files -force} {-root_dir -vendor -library -taxonomy -module}] options rest
    standin::fact package [dict get $options -module]
    set ::standin::modules(kernel) $::standin::modules([dict get $options -module])
    file mkdir [dict get $options -root_dir]
  }
  proc current_core {} { return core }
  proc create_xgui_files {core} {}
  proc update_checksums {core} {}
  proc check_integrity {core} {}
  proc save_core {core} {}
}

proc get_ipdefs {args} {
  lassign [standin::options get_ipdefs $args {-quiet} {}] options rest
  regexp {^xilinx.com:ip:(\w+):\*$} [lindex $rest 0] -> name
  if {![dict exists $::standin::ips $name]} { return {} }
  return xilinx.com:ip:$name:[dict get $::standin::ips $name]
}
proc create_bd_design {name} { standin::fact design $name }
proc create_bd_cell {args} {
  lassign [standin::options create_bd_cell $args {} {-type -vlnv -reference}] options rest
  set name [lindex $rest 0]
  if {[dict get $options -type] eq "module"} {
    set kind [dict get $options -reference]
    if {![info exists ::standin::modules($kind)]} { standin::fail "no module $kind" }
  } else {
    lassign [split [dict get $options -vlnv] :] vendor library kind ip_version
    if {$vendor eq "fastmamba" || $library eq "hls"} { set kind kernel
    } elseif {![dict exists $::standin::ips $kind] || [dict get $::standin::ips $kind] ne $ip_version} { standin::fail "no IP [dict get $options -vlnv]" }
  }
  standin::add_cell $name $kind
  return $name
}
proc create_bd_port {args} {
  lassign [standin::options create_bd_port $args {} {-dir -type -from -to}] options rest
  set ::standin::pin([lindex $rest 0]) [expr {[dict get $options -dir] eq "I" ? "O" : "I"}]
  standin::fact port [lindex $rest 0] [dict get $options -dir]
  return [lindex $rest 0]
}
proc create_bd_intf_port {args} {
  lassign [standin::options create_bd_intf_port $args {} {-mode -vlnv}] options rest
  set name port:[lindex $rest 0]
  set ::standin::pin($name) [expr {[dict get $options -mode] eq "Slave" ? "M" : "S"}]
  standin::fact interface [lindex $rest 0] [dict get $options -vlnv]
  return $name
}
foreach getter {get_bd_pins get_bd_ports get_bd_intf_pins get_bd_addr_spaces} {
  proc $getter {name} {
    if {![info exists ::standin::pin($name)]} { standin::fail "no pin, port or interface $name" }
    return $name
  }
}
proc get_bd_addr_segs {args} {
  lassign [standin::options get_bd_addr_segs $args {} {-of_objects}] options rest
  return [dict get $options -of_objects]
}
proc connect_bd_net {from to} {
  foreach {end directions} [list $from O $to I] {
    if {$::standin::pin($end) ne $directions} { standin::fail "net from $from to $to: $end is $::standin::pin($end)" }
  }
  standin::drive $to $from
}
proc connect_bd_intf_net {one other} {
  foreach {master slave} [list $one $other $other $one] {
    if {$::standin::pin($master) eq "M" && $::standin::pin($slave) eq "S"} {
      standin::drive $slave $master
      return [standin::drive $master $slave]
    }
  }
  standin::fail "interfaces $one and $other: no master and slave"
}
proc standin::drive {to from} {
  if {[info exists ::standin::driver($to)]} { fail "$to has two drivers" }
  set ::standin::driver($to) $from
  if {$::standin::pin($to) ne "M"} { fact net $from $to }
}
proc assign_bd_address {args} {
  lassign [standin::options assign_bd_address $args {} {-offset -range -target_address_space}] options rest
  set space [dict get $options -target_address_space]
  set segment [lindex $rest 0]
  if {$::standin::pin($space) ne "M" || $::standin::pin($segment) ne "S"} { standin::fail "address of $segment in $space" }
  if {[info exists ::standin::map($space)]} { standin::fail "$space has two segments" }
  set ::standin::map($space) $segment
  standin::fact address $space $segment [dict get $options -offset] [dict get $options -range]
}
proc get_property {name object} {
  switch $name {
    IP_DIR { file mkdir build/board/ip_dir/$object; return build/board/ip_dir/$object }
    CONFIG.Component_Name { return board_$object }
    PROGRESS { return 100% }
    STATUS { return complete }
    default { standin::fail "get_property $name" }
  }
}
proc get_ips {name} { return $name }
proc validate_bd_design {} {
  # Outputs that something must take, and masters that must see memory.
  foreach end {kernel/interrupt} {
    set taken 0
    foreach to [array names ::standin::driver] { if {$::standin::driver($to) eq $end} { set taken 1 } }
    if {!$taken} { standin::fail "$end is left open" }
  }
  foreach end [lsort [array names ::standin::pin -regexp {^(kernel/|steer_|pcie/M_AXI)}]] {
    if {$::standin::pin($end) eq "M" && ![info exists ::standin::map($end)]} { standin::fail "$end sees no memory" }
  }
  foreach end [lsort [array names ::standin::pin]] {
    set name [lindex [split $end /] end]
    if {[lsearch -exact {I S M} $::standin::pin($end)] < 0 || [info exists ::standin::driver($end)]} continue
    if {[lsearch -exact $::standin::optional $name] >= 0} continue
    standin::fail "$end is not connected"
  }
  standin::fact validated
}
proc save_bd_design {} {}
proc get_runs {run} { return $run }
proc launch_runs {args} {
  lassign [standin::options launch_runs $args {} {-to_step -jobs}] options rest
  standin::fact run [lindex $rest 0] [expr {[dict exists $options -to_step] ? [dict get $options -to_step] : ""}]
}
proc wait_on_run {run} {
  if {$run eq "impl_1"} { file mkdir build/board/project/fastmamba.runs/impl_1; close [open build/board/project/fastmamba.runs/impl_1/board_wrapper.bit w] }
}
proc open_run {run} {}
foreach {report flags valued} {
  report_utilization -hierarchical {-file -hierarchical_depth}
  report_timing_summary {} {-file -delay_type -max_paths}
  report_clock_interaction {} -file
  report_power {} -file
  report_drc {} -file
} {
  proc $report {args} [format {
    lassign [standin::options %s $args {%s} {%s}] options rest
    standin::fact report [dict get $options -file]
  } $report $flags $valued]
}
foreach command {open_hw_manager connect_hw_server open_hw_target close_hw_manager} { proc $command {} {} }
proc get_hw_devices {args} { return device }
proc current_hw_device {device} {}
proc program_hw_devices {device} { standin::fact programmed $device }
proc unknown {name args} { error "standin: unknown command $name" }
